"""Sounds of all concepts made by rule: physically informed, endlessly varied, for training the pocket model."""

from engine.training.synthesis.registry import SYNTHESISED, synthesise

__all__ = ["SYNTHESISED", "synthesise"]
