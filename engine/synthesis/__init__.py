"""Procedural synthesis of sounds of all concepts, endlessly varied, for training the pocket model."""

from engine.synthesis.families import SYNTHESISED, synthesise

__all__ = ["SYNTHESISED", "synthesise"]
