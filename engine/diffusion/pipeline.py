"""The object-aware pipeline: conditions in, waveforms out (*Sounding that Object*, arXiv 2506.04214, section 3).

The parts are stored in one folder in the diffusers layout and are the same classes at every size. A folder
without ``object_attention`` (published AudioLDM) generates from text alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.diffusion.attention import ObjectAttention
from engine.diffusion.autoencoder import MelCodec
from engine.diffusion.clap_text import ClapText
from engine.diffusion.curves import TakeCurves
from engine.diffusion.low_memory import decoded_anyhow, sampled_in_halves
from engine.diffusion.mel import BANDS, SAMPLE_RATE, frames_of
from engine.diffusion.model_folder import load_part, read_index, save_part, write_index
from engine.diffusion.sampler import GuidanceTargets, Solver, make_scheduler, sample_latents, take_noise
from engine.diffusion.text_tower import TextTower
from engine.diffusion.transformer_sampler import WINDOW, TakePlan, TransformerSampler
from engine.errors import BadInput
from engine.models.free_words import bundled_free_words
from engine.progress import Progress, no_progress

WORDS = "text_encoder"
PARTS = ("unet", "vae", "vocoder", "scheduler", WORDS, "object_attention", "curves")

MOST_TURNS = 32
"""Steps beyond which a denoiser that attends over time gains nothing."""


@dataclass(frozen=True)
class PipelineShape:
    """How the parts fit, from the folder's index.

    Attributes:
        mel_patch: side of the squares of the mel folded into channels.
        latent_patch: side of the squares of the latent folded into channels.
        mel_mean: mean by which the mel is standardized.
        mel_std: standard deviation by which the mel is standardized.
        guidance_rescale: how much of guidance's overshoot is taken back (``sampler.guide``).
        sounds: ids of the concepts whose sounds the weights have learnt; None where that is not known.
    """

    mel_patch: int = 1
    latent_patch: int = 1
    mel_mean: float = 0.0
    mel_std: float = 1.0
    guidance_rescale: float = 0.0
    few_steps: int = 8
    sounds: Sequence[str] | None = None


class TableText:
    """A text tower that learnt from the concept table, asked in the table's words.

    Args:
        network: the tower.
    """

    def __init__(self, network: TextTower) -> None:
        self.network = network

    def encode(self, texts: Sequence[str]) -> Tensor:
        """Return unit vectors (B, 512) of texts, after replacing words by the table's concepts they are kinds of."""
        words = bundled_free_words()
        return self.network.encode([words.read(text).text for text in texts])


class ObjectDiffusion:
    """A loaded pipeline.

    Args:
        parts: the networks and the scheduler, by the names in ``PARTS``; ``object_attention`` may be missing.
        shape: how they fit together.
        device: device of the networks.
    """

    sample_rate = SAMPLE_RATE

    def __init__(self, parts: dict[str, Any], shape: PipelineShape, device: str = "cpu") -> None:
        self.unet = parts["unet"].to(device)
        self.vocoder = parts["vocoder"].to(device)
        self.scheduler = parts["scheduler"]
        self.text_encoder = parts["text_encoder"]
        self.object_attention: ObjectAttention | None = parts.get("object_attention")
        self.curve_maker = parts["curves"].to(device) if "curves" in parts else None
        self.shape = shape
        self.device = device
        self.codec = MelCodec(
            parts["vae"].to(device),
            mel_patch=shape.mel_patch,
            mel_mean=shape.mel_mean,
            mel_std=shape.mel_std,
        )

    @staticmethod
    def from_folder(
        folder: Path, device: str = "cpu", text_encoder: Any = None, attention_folder: Path | None = None
    ) -> "ObjectDiffusion":
        """Load a pipeline folder.

        Args:
            folder: in the diffusers layout.
            device: where the networks run.
            text_encoder: of this folder, if it is loaded already (see ``load_text_encoder``).
            attention_folder: the folder to take the object attention from, if it is another.

        Raises:
            BadInput: the folder is not a model, or a part is missing or damaged.
        """
        index = read_index(folder)
        homes = {"object_attention": folder if attention_folder is None else attention_folder}
        parts = {
            name: load_part(homes.get(name, folder), index, name)
            for name in PARTS
            if name in index and name != WORDS
        }
        if WORDS in index:
            parts[WORDS] = text_encoder or load_text_encoder(folder, index)
        missing = [name for name in PARTS[:5] if name not in parts]
        if missing:
            raise BadInput(f"The model in {folder} has no {', '.join(missing)}. Fetch or copy it again.")
        shape = PipelineShape(**index.get("foleyscape", {}))
        return ObjectDiffusion(parts, shape, device)

    def save(self, folder: Path, *, half: bool = True) -> None:
        """Save every part as safetensors, and the index last."""
        index: dict[str, Any] = {"_class_name": "ObjectDiffusion"}
        modules = {
            "unet": self.unet,
            "vae": self.codec.network,
            "vocoder": self.vocoder,
            "scheduler": self.scheduler,
            "text_encoder": getattr(self.text_encoder, "network", self.text_encoder),
            "object_attention": self.object_attention,
            "curves": self.curve_maker,
        }
        for name, module in modules.items():
            if module is not None:
                index[name] = save_part(folder, name, module, half=half)
        index["foleyscape"] = vars(self.shape)
        write_index(folder, index)

    @torch.no_grad()
    def encode_text(self, texts: Sequence[str]) -> Tensor:
        """Encode texts as conditions: unit length, float32 (B, 512). The empty text is the null condition."""
        encoded: Tensor = self.text_encoder.encode(list(texts))
        return encoded.float().cpu()

    @torch.no_grad()
    def condition(self, tokens: Tensor, coverage: Tensor, prompt: str | None = None) -> Tensor:
        """Return the condition of an object by the patches it covers (*Sounding that Object*, section 3.2).

        Args:
            tokens: patch tokens of the still (P, D).
            coverage: how much of each patch the object's mask covers (P,), 0 to 1.
            prompt: words that narrow what the object sounds like, or None.

        Returns:
            (512,) unit length.

        Raises:
            BadInput: this model has no object attention, or the mask is empty.
        """
        if self.object_attention is None:
            raise BadInput("This model has no object attention: it can only sound from words. Give a prompt.")
        if not bool((coverage > 0).any()):
            raise BadInput("The mask is empty. Click on the object that should sound.")
        network = self.object_attention
        row = network.mask_row(coverage)
        text = self.encode_text([prompt or ""])
        if prompt:
            return network.narrowed(tokens[None], text, row[None])[0]
        found: Tensor = network(tokens[None], text, row[None])
        return found[0]

    @torch.no_grad()
    def sample(
        self,
        conditions: Tensor | Sequence[Tensor],
        seeds: Sequence[int],
        *,
        duration: float,
        steps: int,
        guidance: float,
        solver: Solver = "multistep",
        negative: str = "",
        curves: Sequence[TakeCurves | None] | None = None,
        loop: bool = False,
        progress: Progress | None = None,
    ) -> NDArray[np.float32]:
        """Generate one waveform per take, all in one batch.

        Args:
            conditions: one entry per take: (512,) unit length, or (K, 512) for a take of K objects together.
            seeds: one per take; the same seed and condition give the same take, alone or in a batch.
            duration: seconds, above 0.
            steps: number of solver steps.
            guidance: classifier-free guidance scale; 1 is none, the paper uses 2.
            solver: the solver, for models without few-step sampling.
            negative: negative prompt.
            curves: curves of each take; None, or None for a take, leaves them to the model.
            loop: whether the end continues into the start.
            progress: told of every step.

        Returns:
            float32 (B, round(duration * sample_rate)), about -1..1.

        Raises:
            BadInput: the model does not support curves or loops.
            Cancelled: within one step of being cancelled.
        """
        progress = progress or no_progress()
        frames = frames_of(duration)
        if self.over_time is None and (loop or any(curves or ())):
            raise BadInput(
                "This model cannot follow a curve or make a loop. Choose the bundled model for it."
            )

        def latents(places: slice, part: Progress) -> Tensor:
            if self.over_time is not None:
                drawn = curves[places] if curves is not None else [None] * len(seeds[places])
                return self.over_time.latents(
                    take_noise(seeds[places], self._latent_shape(frames)).to(self.device),
                    TakePlan(seeds[places], drawn, frames, loop),
                    GuidanceTargets.of(conditions[places]).to(self.device),
                    self.encode_text([negative]).to(self.device),
                    guidance=guidance,
                    steps=min(steps, self.shape.few_steps if solver == "multistep" else MOST_TURNS),
                    away=bool(negative),
                    progress=part,
                )
            noise = take_noise(seeds[places], self._latent_shape(frames)).to(self.device)
            return sample_latents(
                self.unet,
                make_scheduler(self.scheduler.config, solver, steps),
                noise,
                GuidanceTargets.of(conditions[places]).to(self.device),
                self.encode_text([negative]).to(self.device),
                guidance=guidance,
                latent_patch=self.shape.latent_patch,
                progress=part,
                rescale=self.shape.guidance_rescale,
            )

        latent = sampled_in_halves(latents, len(seeds), self.device, progress.part(0.0, 0.85))
        if self.over_time is not None:
            # Made as long as it was taught, decoded as long as asked and a little more for its last frames.
            latent = latent[:, :, : -(-frames // self.codec.reduction) + 4]
        decoding = progress.part(0.85, 1.0)
        decoding.report(0.0, "decoding")
        waveform = self.decode(latent, frames, decoding)
        progress.report(1.0, "decoded")
        samples = round(duration * self.sample_rate)
        return _fitted(waveform, samples)

    @torch.no_grad()
    def decode(self, latent: Tensor, frames: int, progress: Progress | None = None) -> Tensor:
        """Decode standardised latents to waveforms (B, frames * 160), on the processor if the card has no room.

        Take by take: decoding needs the most memory of all, and a batch would gain little.
        """
        networks = [self.codec.network, self.vocoder]
        return decoded_anyhow(
            lambda kept: self._decode(kept, frames), networks, latent, self.device, progress or no_progress()
        )

    def _decode(self, latent: Tensor, frames: int) -> Tensor:
        waves = []
        for one in latent.to(next(self.vocoder.parameters()).device):
            mel = self.codec.decode(one[None])[:, :frames]
            wave = self.vocoder(mel)
            waves.append(wave.reshape(1, -1)[:, : frames * SAMPLE_RATE // 100])
        return torch.cat(waves).float().cpu()

    @cached_property
    def over_time(self) -> TransformerSampler | None:
        """What samples where the denoiser attends over time, else None."""
        if type(self.unet).__name__ != "TimeTransformer":
            return None
        alphas = self.scheduler.alphas_cumprod
        return TransformerSampler(self.unet, self.curve_maker, alphas, self.shape.guidance_rescale)

    def _latent_shape(self, frames: int) -> tuple[int, int, int]:
        """Return the latent's shape (C, T, F) for ``frames`` mel frames, rounded up to what the denoiser supports."""
        if self.over_time is not None:
            steps = max(WINDOW, -(-frames // self.codec.reduction))
            return (self.codec.latent_channels, steps, BANDS // self.codec.reduction)
        levels = len(self.unet.config.block_out_channels)
        multiple = self.shape.latent_patch * 2 ** (levels - 1)
        steps = -(-frames // self.codec.reduction)
        return (
            self.codec.latent_channels,
            -(-steps // multiple) * multiple,
            BANDS // self.codec.reduction,
        )


def load_text_encoder(folder: Path, index: Mapping[str, Any] | None = None) -> Any:
    """Load the text encoder of a pipeline folder alone, with ``encode(texts) -> (B, 512)``.

    Raises:
        BadInput: the folder is not a model, or this part is missing or damaged.
    """
    tower = load_part(folder, read_index(folder) if index is None else index, WORDS)
    if type(tower).__name__ == "ClapTextModelWithProjection":
        return ClapText.from_folder(tower, folder / "tokenizer")
    return TableText(tower)


def _fitted(waveform: Tensor, samples: int) -> NDArray[np.float32]:
    """Cut or zero-pad (B, n) to ``samples``: frames are 10 ms, durations are not."""
    out = np.zeros((waveform.shape[0], samples), dtype=np.float32)
    kept = min(samples, waveform.shape[1])
    out[:, :kept] = waveform[:, :kept].numpy()
    return out
