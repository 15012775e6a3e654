"""The whole chain that makes a pocket model, part by part, from a folder of data to a model folder.

Every part is made from its own checkpoint and skipped once its result is there, so a run that was killed goes on
where it stopped, and a part is made anew by deleting its folder in the work folder.
"""

import logging
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np

from engine.models.concepts import Concept, load_concepts
from engine.progress import no_progress
from engine.training.examples import EXAMPLE_SAMPLES, ExampleSource, SynthesisBank, make_bank
from engine.training.latents import Group, LatentBank, make_latents, plan_groups
from engine.training.loop import Schedule
from engine.training.recordings import Recording, read_pack, read_recordings

log = logging.getLogger("foleyscape.training")
GUIDANCE_RESCALE = 0.7
Setting = Literal["toy", "bootstrap", "release"]
PARTS = (
    "text_encoder",
    "audio_encoder",
    "image_encoder",
    "object_attention",
    "vae",
    "vocoder",
    "unet",
    "segmenter",
)


@dataclass(frozen=True)
class Minutes:
    """Wall-clock minutes for the parts whose training is bounded by time."""

    image_encoder: float = 35.0
    vae: float = 20.0
    vocoder: float = 25.0
    unet: float = 90.0
    sharpening: float = 18.0
    segmenter: float = 25.0


@dataclass(frozen=True)
class Amounts:
    """How much material is made: synthesised examples per concept, latents of one and of two concepts, scenes."""

    synthesised: int = 64
    single: int = 10_000
    mixed: int = 2_500
    scenes: int = 6_000
    pictures_per_class: int | None = None

    @staticmethod
    def toy() -> "Amounts":
        return Amounts(synthesised=1, single=12, mixed=4, scenes=48, pictures_per_class=12)


def concept_of(recording: Recording, concepts: tuple[Concept, ...]) -> str | None:
    """The concept that a recording is of, or None if it is of none in the table."""
    collection, name = recording.group.split("/", 1)
    for concept in concepts:
        by_class = collection == "esc10" and name in concept.recordings.esc10
        if by_class or (collection == "foley" and concept.recordings.has_foley(name)):
            return concept.id
    return None


@dataclass(frozen=True)
class PocketRun:
    """One run of the chain.

    Args:
        shared: the folder that holds ``data`` with recordings and pictures.
        work: where packs, banks, checkpoints and finished parts go.
        setting: how large the parts are and how long they train.
        device: "cpu" or "cuda", for the parts that can use it.
        only: concepts to learn; None is all of the table.
    """

    shared: Path
    work: Path
    setting: Setting = "bootstrap"
    device: str = "cpu"
    seed: int = 11
    minutes: Minutes = Minutes()
    amounts: Amounts = Amounts()
    only: tuple[str, ...] | None = None

    @cached_property
    def concepts(self) -> tuple[Concept, ...]:
        """The whole table: a score vector's order is the table's, whatever is learnt."""
        return load_concepts()

    @property
    def learnt(self) -> tuple[str, ...]:
        """Ids of the concepts to learn."""
        return tuple(c.id for c in self.concepts if self.only is None or c.id in self.only)

    def part(self, name: str) -> Path:
        """The folder of a finished part."""
        return self.work / "parts" / name

    def checkpoint(self, name: str) -> Path:
        """Where a part's training resumes from."""
        return self.work / "checkpoints" / f"{name}.pt"

    def make(self, parts: tuple[str, ...] = PARTS) -> None:
        """Make the parts that are not there yet, in the order in which they need each other."""
        for name in PARTS:
            if name in parts and not (self.part(name) / "config.json").exists():
                log.info("making %s", name)
                _MAKERS[name](self)

    @cached_property
    def source(self) -> ExampleSource:
        """Examples by concept: recordings of the training folds, and a bank of synthesised sounds."""
        pack = self.work / "sounds.zip"
        recordings = read_pack(pack) if pack.exists() else read_recordings(self.shared)
        known = [(concept_of(r, self.concepts), r) for r in recordings]
        folder = self.work / "bank"
        if not (folder / "concepts.json").exists():
            make_bank(folder, self.learnt, self.amounts.synthesised, self.seed)
        kept = [(name, r) for name, r in known if name in self.learnt and name is not None]
        return ExampleSource(kept, SynthesisBank.load(folder))

    def rng(self, *key: int) -> np.random.Generator:
        """A generator of this run's seed and a key."""
        return np.random.default_rng([self.seed, *key])


def _timed(schedule: Schedule, minutes: float) -> Schedule:
    return replace(schedule, seconds=minutes * 60)


def _make_text(run: PocketRun) -> None:
    from engine.training.text_tower import TextTowerSettings, train_text_tower

    settings = TextTowerSettings.toy() if run.setting == "toy" else TextTowerSettings.release()
    tower, _ = train_text_tower(run.concepts, settings, no_progress(), run.checkpoint("text_encoder"))
    tower.eval().save_pretrained(run.part("text_encoder"))


def _words(run: PocketRun) -> Any:
    from engine.diffusion.text import TextTower

    return TextTower.from_pretrained(run.part("text_encoder")).float().eval()


def _make_sound_tower(run: PocketRun) -> None:
    from engine.training.sound_tower import SoundTowerSettings, train_sound_tower

    settings = SoundTowerSettings.toy() if run.setting == "toy" else SoundTowerSettings.release()
    known = tuple(c for c in run.concepts if c.id in run.learnt)
    checkpoint = run.checkpoint("audio_encoder")
    tower, _ = train_sound_tower(run.source, known, _words(run), settings, no_progress(), checkpoint)
    tower.save_pretrained(run.part("audio_encoder"))


def _pictures(run: PocketRun) -> Any:
    from engine.training.pictures import prepare_pictures

    return prepare_pictures(run.shared / "data", run.work / "pictures", run.amounts.pictures_per_class)


def _make_image_tower(run: PocketRun) -> None:
    from engine.training.image_tower import ImageTowerSettings, project_to_words, train_image_tower
    from engine.training.object_attention import concept_centres

    settings = ImageTowerSettings.toy() if run.setting == "toy" else ImageTowerSettings.release()
    if run.setting != "toy":
        settings = replace(settings, schedule=_timed(settings.schedule, run.minutes.image_encoder))
    checkpoint = run.checkpoint("image_encoder")
    learner, _ = train_image_tower(
        _pictures(run), run.concepts, settings, no_progress(), checkpoint, device=run.device
    )
    tower = project_to_words(learner, concept_centres(run.concepts, _words(run)))
    tower.eval().save_pretrained(run.part("image_encoder"))


def _make_attention(run: PocketRun) -> None:
    from engine.training.object_attention import AttentionSettings, train_object_attention

    settings = AttentionSettings.toy() if run.setting == "toy" else AttentionSettings.release()
    attention, _ = train_object_attention(
        _scenes(run), run.concepts, _words(run), settings, no_progress(), run.checkpoint("object_attention")
    )
    attention.save_pretrained(run.part("object_attention"))


def _scenes(run: PocketRun) -> Any:
    """Encoded composed scenes, made once."""
    from engine.training.image_tower import ImageTowerSettings
    from engine.training.object_attention import encode_scenes, load_scenes
    from engine.training.scenes import Composer
    from engine.vision.towers import load_network

    path = run.work / "scenes.safetensors"
    if not path.exists():
        toy = run.setting == "toy"
        settings = (ImageTowerSettings.toy() if toy else ImageTowerSettings.release()).scenes
        composer = Composer(_pictures(run), run.concepts, settings)
        network = load_network(run.part("image_encoder"))
        encode_scenes(network, composer, run.amounts.scenes, run.seed, no_progress(), bfloat16=not toy).save(
            path
        )
    return load_scenes(path)


def _make_codec(run: PocketRun) -> None:
    from engine.diffusion.mel import LogMel
    from engine.training.mel_codec import MelCodecRecipe, measure_latents, train_mel_codec

    recipe = replace(MelCodecRecipe.release(), device=run.device)
    if run.setting != "release":
        recipe = (
            MelCodecRecipe.toy() if run.setting == "toy" else MelCodecRecipe.bootstrap(run.minutes.vae * 60)
        )
    front_end, rng = LogMel(), run.rng(1)
    waves = run.source.batches(recipe.batch, recipe.frames * 160, rng)
    # Quieter versions too: a generated latent is never exactly at the level of the examples.
    mels = (front_end(w * 10 ** float(rng.uniform(-0.6, 0))) for w in waves)
    codec, _ = train_mel_codec(recipe, mels, run.seed, run.checkpoint("vae"))
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
    from engine.training.vocoder import VocoderRecipe, train_vocoder

    recipe = replace(VocoderRecipe.release(), device=run.device)
    if run.setting != "release":
        recipe = (
            VocoderRecipe.toy() if run.setting == "toy" else VocoderRecipe.bootstrap(run.minutes.vocoder * 60)
        )
    waves = run.source.batches(recipe.batch, 160 * 96, run.rng(3))
    network, _ = train_vocoder(recipe, waves, run.seed, run.checkpoint("vocoder"))
    network.cpu().save_pretrained(run.part("vocoder"))


def _latents(run: PocketRun) -> LatentBank:
    """Latents of one and of two concepts, made once."""
    folder = run.work / "latents"
    if not (folder / "groups.json").exists():
        make_latents(folder, _planned(run), run.source, _codec(run), run.rng(4))
    return LatentBank.load(folder)


def _planned(run: PocketRun) -> list[Group]:
    """Rows of the latent bank. Concepts judged by real recordings come three times as often, pairs that a
    picture can show four times as often as others.
    """
    recorded = {c.id for c in run.concepts if c.recordings.esc10}
    pictured = {c.id for c in run.concepts if c.pictures.caltech101 or c.pictures.cifar10}
    names = run.learnt
    pairs = [(a, b) for at, a in enumerate(names) for b in names[at + 1 :]]
    shown = [(a, b) for a, b in pairs if a in pictured and b in pictured]
    rng = run.rng(5)
    amounts = run.amounts
    groups = plan_groups(
        names,
        lambda name: 3.0 if name in recorded else 1.0,
        shown * 3 + pairs,
        singles=amounts.single,
        mixed=amounts.mixed,
        rng=rng,
    )
    return [groups[int(n)] for n in rng.permutation(len(groups))]


def _make_unet(run: PocketRun) -> None:
    from engine.diffusion.attention import ObjectAttention
    from engine.training.conditions import CaptionConditions, SceneConditions
    from engine.training.denoiser import DenoiserRecipe, train_denoiser

    recipe = replace(DenoiserRecipe.release(), device=run.device)
    if run.setting != "release":
        recipe = (
            DenoiserRecipe.toy() if run.setting == "toy" else DenoiserRecipe.bootstrap(run.minutes.unet * 60)
        )
    attention = ObjectAttention.from_pretrained(run.part("object_attention")).float()
    captions = CaptionConditions(run.concepts, _words(run))
    conditions = SceneConditions(captions, _scenes(run), attention)
    unet, _ = train_denoiser(recipe, _latents(run), conditions, run.seed, run.checkpoint("unet"))
    unet = unet.cpu()
    _sharpen_decoder(run, unet, captions)
    unet.save_pretrained(run.part("unet"))


def _sharpen_decoder(run: PocketRun, unet: Any, captions: Any) -> None:
    """The codec's decoder once more, now that there is a U-Net whose latents it can be shown."""
    from engine.diffusion.mel import LogMel
    from engine.training.denoiser import LATENT_PATCH
    from engine.training.sharpening import SharpeningRecipe, sampled, sharpen

    recipe = replace(SharpeningRecipe.release(), device=run.device)
    if run.setting != "release":
        toy = run.setting == "toy"
        recipe = SharpeningRecipe.toy() if toy else SharpeningRecipe.bootstrap(run.minutes.sharpening * 60)
    codec, front_end = _codec(run), LogMel()
    latents = _latents(run)
    rows = run.rng(6).integers(len(latents.groups), size=recipe.memory)
    groups = [latents.groups[int(row)] for row in rows]
    shape = (int(latents.latents.shape[1]), int(latents.latents.shape[2]), int(latents.latents.shape[3]))
    made = sampled(
        recipe,
        unet,
        captions,
        groups,
        shape=shape,
        latent_patch=LATENT_PATCH,
        seed=run.seed,
        progress=no_progress(),
    )
    waves = run.source.batches(recipe.batch, recipe.frames * 160, run.rng(7))
    sharpen(recipe, codec, (front_end(w) for w in waves), made, run.seed, run.checkpoint("sharpening"))
    codec.network.cpu().save_pretrained(run.part("vae"))


def _make_segmenter(run: PocketRun) -> None:
    from engine.training.segmenter import SegmenterRecipe, train_and_save
    from engine.training.segmenter_clicks import ClickRecipe, make_ranker

    toy = run.setting == "toy"
    archive = run.shared / "data" / "caltech101_sounding.zip"
    recipe = SegmenterRecipe.toy() if toy else SegmenterRecipe.bootstrap(run.minutes.segmenter * 60)
    clicks = ClickRecipe.toy() if toy else ClickRecipe()
    # A run that was killed between the two must not find a finished part.
    folder = run.work / "segmenter"
    train_and_save(archive, folder, recipe, run.checkpoint("segmenter"), clicks.per_class)
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


def assemble(parts: Path, out: Path, agree: int = 4, refine: int = 12) -> None:
    """Put finished parts together as a model folder: fp16 safetensors and ``model_index.json``.

    Args:
        parts: a folder with one folder per part.
        out: the model folder; parts that are not in ``parts`` stay as they are there.
        agree, refine: of the vocoder at use; see ``SpectralVocoder``.
    """
    from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel

    from engine.diffusion.attention import ObjectAttention
    from engine.diffusion.folder import save_part
    from engine.diffusion.pipeline import ObjectDiffusion, PipelineShape
    from engine.diffusion.text import TextTower
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
    shape = PipelineShape(MEL_PATCH, LATENT_PATCH, MEL_MEAN, MEL_STD, guidance_rescale=GUIDANCE_RESCALE)
    ObjectDiffusion(loaded, shape).save(out, half=True)
    if (parts / "image_encoder").is_dir():
        save_part(out, "image_encoder", load_network(parts / "image_encoder"), half=True)
    if (parts / "segmenter").is_dir():
        shutil.copytree(parts / "segmenter", out / "segmenter", dirs_exist_ok=True)
