"""Assembly of a model folder from the finished parts of a run."""

import shutil
from collections.abc import Sequence
from pathlib import Path

GUIDANCE_RESCALE = 0.7


def assemble(
    parts: Path, out: Path, agree: int = 4, refine: int = 12, sounds: Sequence[str] | None = None
) -> None:
    """Copy finished parts into a model folder: fp16 safetensors and ``model_index.json``.

    Args:
        parts: a folder with one folder per part.
        out: the model folder; parts missing from ``parts`` stay as they are there.
        agree: setting of the vocoder in use; see ``SpectralVocoder``.
        refine: setting of the vocoder in use; see ``SpectralVocoder``.
        sounds: ids of the concepts whose sounds the U-Net has learned; None does not record them.
    """
    from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel

    from engine.diffusion.attention import ObjectAttention
    from engine.diffusion.model_folder import read_index, save_part, write_index
    from engine.diffusion.pipeline import ObjectDiffusion, PipelineShape
    from engine.diffusion.sound_tower import SoundTower
    from engine.diffusion.text_tower import TextTower
    from engine.diffusion.unet import scheduler_config
    from engine.diffusion.vocoder import SpectralVocoder
    from engine.training.denoiser import LATENT_PATCH
    from engine.training.mel_codec import MEL_MEAN, MEL_PATCH, MEL_STD
    from engine.vision.towers import load_network

    vocoder = SpectralVocoder.from_pretrained(parts / "vocoder")
    vocoder.register_to_config(agree=agree, refine=refine)
    loaded = {
        "unet": UNet2DConditionModel.from_pretrained(parts / "unet"),
        "vae": AutoencoderKL.from_pretrained(parts / "vae"),
        "vocoder": vocoder,
        "scheduler": DDIMScheduler(**scheduler_config()),
        "text_encoder": TextTower.from_pretrained(parts / "text_encoder"),
        "object_attention": ObjectAttention.from_pretrained(parts / "object_attention"),
    }
    shape = PipelineShape(
        MEL_PATCH,
        LATENT_PATCH,
        MEL_MEAN,
        MEL_STD,
        guidance_rescale=GUIDANCE_RESCALE,
        sounds=None if sounds is None else list(sounds),
    )
    ObjectDiffusion(loaded, shape).save(out, half=True)
    if (parts / "image_encoder").is_dir():
        save_part(out, "image_encoder", load_network(parts / "image_encoder"), half=True)
    if (parts / "audio_encoder").is_dir():
        tower = SoundTower.from_pretrained(parts / "audio_encoder")
        index = {**read_index(out), "audio_encoder": save_part(out, "audio_encoder", tower, half=True)}
        write_index(out, index)
    if (parts / "segmenter").is_dir():
        shutil.copytree(parts / "segmenter", out / "segmenter", dirs_exist_ok=True)
