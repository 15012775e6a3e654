"""Training of the parts of a pocket model, each from what the earlier parts learned.

Every part resumes from its own checkpoint and is skipped once its result exists, so a killed run continues
where it stopped; delete a part's folder in the work folder to train it again.
"""

import logging
import shutil
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from engine.models.resources import resource
from engine.progress import no_progress
from engine.training.examples import EXAMPLE_SAMPLES
from engine.training.latents import Group, LatentBank, make_latents, plan_groups
from engine.training.loop import Schedule
from engine.training.pocket import PARTS, PocketRun

log = logging.getLogger("foleyscape.training")

CHAIN_STEPS = 20
"""Of the denoiser and the segmenter at the toy setting, where the chain counts and not what it makes."""


def _timed(schedule: Schedule, minutes: float) -> Schedule:
    return replace(schedule, seconds=minutes * 60)


def _make_text(run: PocketRun) -> None:
    from engine.training.text_tower import TextTowerConfig, train_text_tower

    config = TextTowerConfig.toy() if run.setting == "toy" else TextTowerConfig.release()
    earlier = None if run.setting == "toy" else _bundled_words()
    tower, _ = train_text_tower(run.concepts, config, no_progress(), run.checkpoint("text_encoder"), earlier)
    tower.eval().save_pretrained(run.part("text_encoder"))


def _bundled_words() -> Any:
    """Return the bundled text tower, whose embeddings a new one keeps, or None."""
    from engine.diffusion.text_tower import TextTower

    folder = resource("models", "pocket", "text_encoder")
    return TextTower.from_pretrained(folder).float().eval() if folder.is_dir() else None


def _words(run: PocketRun) -> Any:
    from engine.diffusion.text_tower import TextTower

    return TextTower.from_pretrained(run.part("text_encoder")).float().eval()


def _make_sound_tower(run: PocketRun) -> None:
    from engine.training.sound_tower import SoundTowerConfig, train_sound_tower

    config = SoundTowerConfig.toy() if run.setting == "toy" else SoundTowerConfig.release()
    checkpoint = run.checkpoint("audio_encoder")
    tower, _ = train_sound_tower(
        _sounds(run), run.concepts, _words(run), config, no_progress(), checkpoint, device=run.device
    )
    tower.save_pretrained(run.part("audio_encoder"))


def _sounds(run: PocketRun) -> Any:
    """Return the recordings and synthesised sounds of a run, as the sound tower takes them."""
    from engine.training.transformer_examples import Sound
    from engine.training.transformer_pool import as_int16, with_synthesis

    rows = {concept.id: row for row, concept in enumerate(run.concepts)}
    recorded = [Sound(as_int16(r.waveform), rows[name], 1.0) for name, r in run.source.recordings]
    bank = run.source.bank
    made = [] if bank is None else list(zip(bank.waveforms, bank.concepts, strict=True))
    return with_synthesis(recorded, [Sound(waveform, rows[name], 1.0) for waveform, name in made])


def _pictures(run: PocketRun) -> Any:
    from engine.training.pictures import prepare_pictures

    return prepare_pictures(run.shared / "data", run.work / "pictures", run.sizes.pictures_per_class)


def _make_image_tower(run: PocketRun) -> None:
    from engine.training.image_tower import ImageTowerConfig, project_to_words, train_image_tower
    from engine.training.object_attention import concept_centres

    config = ImageTowerConfig.toy() if run.setting == "toy" else ImageTowerConfig.release()
    if run.setting != "toy":
        config = replace(config, schedule=_timed(config.schedule, run.minutes.image_encoder))
    checkpoint = run.checkpoint("image_encoder")
    learner, _ = train_image_tower(
        _pictures(run), run.concepts, config, no_progress(), checkpoint, device=run.device
    )
    tower = project_to_words(learner, concept_centres(run.concepts, _words(run)))
    tower.eval().save_pretrained(run.part("image_encoder"))


def _make_attention(run: PocketRun) -> None:
    from engine.training.object_attention import AttentionConfig, train_object_attention

    config = AttentionConfig.toy() if run.setting == "toy" else AttentionConfig.release()
    attention, _ = train_object_attention(
        _scenes(run), run.concepts, _words(run), config, no_progress(), run.checkpoint("object_attention")
    )
    attention.save_pretrained(run.part("object_attention"))


def _scenes(run: PocketRun) -> Any:
    """Return encoded composed scenes, generated once."""
    from engine.training.image_tower import ImageTowerConfig
    from engine.training.object_attention import encode_scenes, load_scenes
    from engine.training.scenes import SceneComposer
    from engine.vision.towers import load_network

    path = run.work / "scenes.safetensors"
    if not path.exists():
        toy = run.setting == "toy"
        config = (ImageTowerConfig.toy() if toy else ImageTowerConfig.release()).scenes
        composer = SceneComposer(_pictures(run), run.concepts, config)
        network = load_network(run.part("image_encoder"))
        encode_scenes(network, composer, run.sizes.scenes, run.seed, no_progress(), bfloat16=not toy).save(
            path
        )
    return load_scenes(path)


def _make_codec(run: PocketRun) -> None:
    from engine.diffusion.mel import LogMel
    from engine.training.mel_codec import MelCodecConfig, measure_latents, train_mel_codec

    config = replace(MelCodecConfig.release(), device=run.device)
    if run.setting != "release":
        config = (
            MelCodecConfig.toy() if run.setting == "toy" else MelCodecConfig.bootstrap(run.minutes.vae * 60)
        )
    front_end, rng = LogMel(), run.rng(1)
    waves = run.source.batches(config.batch, config.frames * 160, rng)
    # Train on quieter versions too: a generated latent is never exactly at the level of the examples.
    mels = (front_end(w * 10 ** float(rng.uniform(-0.6, 0))) for w in waves)
    codec, _ = train_mel_codec(config, mels, run.seed, run.checkpoint("vae"))
    codec.network.cpu()
    whole = (front_end(w) for w in run.source.batches(16, EXAMPLE_SAMPLES, run.rng(2)))
    measure_latents(codec, whole, 4 if run.setting == "toy" else 25)
    codec.network.save_pretrained(run.part("vae"))


def _codec(run: PocketRun) -> Any:
    from diffusers import AutoencoderKL

    from engine.diffusion.autoencoder import MelCodec
    from engine.training.mel_codec import MEL_MEAN, MEL_PATCH, MEL_STD

    network = AutoencoderKL.from_pretrained(run.part("vae")).eval()
    return MelCodec(network, mel_patch=MEL_PATCH, mel_mean=MEL_MEAN, mel_std=MEL_STD)


def _make_vocoder(run: PocketRun) -> None:
    from engine.training.vocoder import VocoderConfig, train_vocoder

    config = replace(VocoderConfig.release(), device=run.device)
    if run.setting != "release":
        config = (
            VocoderConfig.toy() if run.setting == "toy" else VocoderConfig.bootstrap(run.minutes.vocoder * 60)
        )
    waves = run.source.batches(config.batch, 160 * 96, run.rng(3))
    network, _ = train_vocoder(config, waves, run.seed, run.checkpoint("vocoder"))
    network.cpu().save_pretrained(run.part("vocoder"))


def _latents(run: PocketRun) -> LatentBank:
    """Return latents of one and of two concepts, generated once."""
    folder = run.work / "latents"
    if not (folder / "groups.json").exists():
        make_latents(folder, _planned(run), run.source, _codec(run), run.rng(4))
    return LatentBank.load(folder)


def _planned(run: PocketRun) -> list[Group]:
    """Return the rows of the latent bank.

    Concepts judged by real recordings appear three times as often, pairs that a picture can show four times
    as often as others.
    """
    recorded = {c.id for c in run.concepts if c.recordings.esc10}
    pictured = {c.id for c in run.concepts if c.pictures.caltech101 or c.pictures.cifar10}
    names = run.learnt
    pairs = [(a, b) for at, a in enumerate(names) for b in names[at + 1 :]]
    shown = [(a, b) for a, b in pairs if a in pictured and b in pictured]
    rng = run.rng(5)
    sizes = run.sizes
    groups = plan_groups(
        names,
        lambda name: 3.0 if name in recorded else 1.0,
        shown * 3 + pairs,
        singles=sizes.single,
        mixed=sizes.mixed,
        rng=rng,
    )
    return [groups[int(n)] for n in rng.permutation(len(groups))]


def _make_unet(run: PocketRun) -> None:
    from engine.diffusion.attention import ObjectAttention
    from engine.training.conditions import CaptionConditions, SceneConditions
    from engine.training.denoiser import DenoiserConfig, train_denoiser

    config = replace(DenoiserConfig.release(), device=run.device)
    if run.setting != "release":
        config = (
            DenoiserConfig.toy(CHAIN_STEPS)
            if run.setting == "toy"
            else DenoiserConfig.bootstrap(run.minutes.unet * 60)
        )
    attention = ObjectAttention.from_pretrained(run.part("object_attention")).float()
    captions = CaptionConditions(run.concepts, _words(run))
    conditions = SceneConditions(captions, _scenes(run), attention)
    unet, _ = train_denoiser(config, _latents(run), conditions, run.seed, run.checkpoint("unet"))
    unet = unet.cpu()
    _sharpen_decoder(run, unet, captions)
    unet.save_pretrained(run.part("unet"))


def _sharpen_decoder(run: PocketRun, unet: Any, captions: Any) -> None:
    """Sharpen the codec's decoder, now that there is a U-Net that generates latents."""
    from engine.diffusion.mel import LogMel
    from engine.training.denoiser import LATENT_PATCH
    from engine.training.sharpening import SharpeningConfig, sampled, sharpen

    config = replace(SharpeningConfig.release(), device=run.device)
    if run.setting != "release":
        toy = run.setting == "toy"
        config = SharpeningConfig.toy() if toy else SharpeningConfig.bootstrap(run.minutes.sharpening * 60)
    codec, front_end = _codec(run), LogMel()
    latents = _latents(run)
    rows = run.rng(6).integers(len(latents.groups), size=config.memory)
    groups = [latents.groups[int(row)] for row in rows]
    shape = (int(latents.latents.shape[1]), int(latents.latents.shape[2]), int(latents.latents.shape[3]))
    made = sampled(
        config,
        unet,
        captions,
        groups,
        shape=shape,
        latent_patch=LATENT_PATCH,
        seed=run.seed,
        progress=no_progress(),
    )
    waves = run.source.batches(config.batch, config.frames * 160, run.rng(7))
    sharpen(config, codec, (front_end(w) for w in waves), made, run.seed, run.checkpoint("sharpening"))
    codec.network.cpu().save_pretrained(run.part("vae"))


def _make_segmenter(run: PocketRun) -> None:
    from engine.training.segmenter import SegmenterConfig
    from engine.training.segmenter_clicks import ClickConfig, make_ranker
    from engine.training.segmenter_halves import HalvesConfig, train_and_save

    toy = run.setting == "toy"
    archive = run.shared / "data" / "caltech101_sounding.zip"
    config = (
        SegmenterConfig.toy(CHAIN_STEPS) if toy else SegmenterConfig.bootstrap(run.minutes.segmenter * 60)
    )
    clicks = ClickConfig.toy() if toy else ClickConfig()
    stretch = HalvesConfig.toy() if toy else HalvesConfig()
    # If the run is killed between the two, it must not find a finished part.
    folder = run.work / "segmenter"
    train_and_save(archive, folder, config, stretch, run.checkpoint("segmenter"), clicks.per_class)
    make_ranker(archive, folder, clicks)
    shutil.copytree(folder, run.part("segmenter"), dirs_exist_ok=True)


_MAKERS: dict[str, Callable[[PocketRun], None]] = {
    "text_encoder": _make_text,
    "audio_encoder": _make_sound_tower,
    "image_encoder": _make_image_tower,
    "object_attention": _make_attention,
    "vae": _make_codec,
    "vocoder": _make_vocoder,
    "unet": _make_unet,
    "segmenter": _make_segmenter,
}


def make(run: PocketRun, parts: tuple[str, ...] = PARTS) -> None:
    """Train the missing parts of a run, in order of their dependencies."""
    for name in PARTS:
        if name in parts and not (run.part(name) / "config.json").exists():
            log.info("making %s", name)
            _MAKERS[name](run)
