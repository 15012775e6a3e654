"""One request in, takes out: one batch, seeds of their own, the same alone or together."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.errors import BadInput, Cancelled, Failed
from engine.generation import object_aware
from engine.generation.listener import Heard, HeardConcept
from engine.generation.object_aware import ObjectAwareGenerator
from engine.generation.recipe import read_recipe_text
from engine.generation.requests import (
    FINAL,
    DiffusionSettings,
    GenerationRequest,
    Settings,
    Target,
    TargetPart,
)
from engine.models.concepts import load_concepts
from engine.progress import Progress
from engine.scene.masks import pack
from engine.sound.loudness import integrated_lufs
from engine.sound.truepeak import true_peak_dbtp
from engine.vision.still import Still
from tests.engine.generation.fakes import FakeDiffusion, FakeEncoder, sampling, two_halves


@pytest.fixture
def still() -> Still:
    return two_halves()


@pytest.fixture
def asked(still: Still) -> GenerationRequest:
    left = np.zeros((60, 80), np.bool_)
    left[:, :40] = True
    targets = (
        Target((0,), "dog", None, pack(left), -22.0),
        Target((1,), "frog", "croak", pack(~left), -28.0),
        Target(
            (0, 1),
            "together",
            None,
            None,
            -22.0,
            (TargetPart(pack(left), None), TargetPart(pack(~left), "croak")),
        ),
    )
    return GenerationRequest(
        "fake", still.digest, targets, (1, 2), 7, 1.0, DiffusionSettings(negative="music")
    )


def generator(diffusion: FakeDiffusion | None = None) -> ObjectAwareGenerator:
    return ObjectAwareGenerator("fake", diffusion or FakeDiffusion(), FakeEncoder())


def test_all_takes_of_a_request_are_one_batch(asked: GenerationRequest, still: Still) -> None:
    diffusion = FakeDiffusion()
    takes = generator(diffusion).generate(asked, still)
    assert len(diffusion.batches) == 1
    assert len(set(diffusion.batches[0])) == 6
    assert [(take.name, take.number) for take in takes] == [
        *[("dog", 1), ("dog", 2), ("frog", 1), ("frog", 2)],
        *[("together", 1), ("together", 2)],
    ]
    chosen = sampling(asked)
    assert diffusion.settings == [(1.0, chosen.steps, chosen.guidance, chosen.solver, "music")]
    assert diffusion.prompts == [None, "croak", None, "croak"]


def test_together_is_guided_toward_what_each_object_sounds_like(
    asked: GenerationRequest, still: Still
) -> None:
    class KeepsConditions(FakeDiffusion):
        def sample(self, conditions: Sequence[Tensor], *args: Any, **options: Any) -> NDArray[np.float32]:
            self.conditions = conditions
            return super().sample(conditions, *args, **options)

    diffusion = KeepsConditions()
    generator(diffusion).generate(asked, still)
    dog, frog, both = diffusion.conditions[0], diffusion.conditions[2], diffusion.conditions[4]
    assert torch.equal(both, torch.stack([dog, frog]))


def test_a_take_is_the_same_alone_or_in_a_batch(asked: GenerationRequest, still: Still) -> None:
    together = generator().generate(asked, still)
    for take in together:
        target = next(t for t in asked.targets if t.objects == take.objects)
        [alone] = generator().generate(asked.only(target, take.number), still)
        assert np.array_equal(alone.samples, take.samples)
        assert alone.recipe == take.recipe


def test_a_take_carries_the_recipe_that_makes_it_again(asked: GenerationRequest, still: Still) -> None:
    take = generator().generate(asked, still)[3]
    [again] = generator().generate(read_recipe_text(take.recipe), still)
    assert np.array_equal(again.samples, take.samples)


def test_takes_are_at_their_level_without_dc_or_clipping(asked: GenerationRequest, still: Still) -> None:
    for take in generator().generate(asked, still):
        target = next(t for t in asked.targets if t.objects == take.objects)
        assert integrated_lufs(take.samples, take.rate) == pytest.approx(target.level_lufs, abs=0.1)
        assert abs(float(take.samples.mean())) < 1e-3
        assert true_peak_dbtp(take.samples) < 0
        assert take.samples[0, 0] == take.samples[0, -1] == 0
        assert (take.samples.shape, take.rate) == ((1, 16_000), 16_000)


def test_swapping_the_masks_swaps_the_sounds(asked: GenerationRequest, still: Still) -> None:
    dog, frog = asked.targets[0], replace(asked.targets[1], prompt=None, level_lufs=-22.0)
    swapped = (replace(dog, mask=frog.mask), replace(frog, mask=dog.mask))

    def pitches(targets: tuple[Target, ...]) -> list[int]:
        takes = generator().generate(replace(asked, targets=targets, takes=(1,)), still)
        return [int(np.abs(np.fft.rfft(take.samples[0])).argmax()) for take in takes]

    assert pitches((dog, frog)) == pitches(swapped)[::-1]
    assert len(set(pitches((dog, frog)))) == 2


def test_words_alone_need_no_eyes() -> None:
    request = GenerationRequest("fake", None, (Target((), "rain", "rain", None, -23.0),), duration=1.0)
    [take] = ObjectAwareGenerator("fake", FakeDiffusion(), None).generate(request)
    assert take.samples.any()


def test_a_model_without_eyes_says_so(asked: GenerationRequest, still: Still) -> None:
    with pytest.raises(BadInput, match="only sound from words"):
        ObjectAwareGenerator("fake", FakeDiffusion(), None).generate(asked, still)


def test_another_model_or_another_still_is_refused(asked: GenerationRequest, still: Still) -> None:
    with pytest.raises(BadInput, match="other weights"):
        generator().generate(replace(asked, model="other"), still)
    with pytest.raises(BadInput, match="pixels differ"):
        generator().generate(asked, two_halves(80, 60))
    with pytest.raises(BadInput, match="pixels differ"):
        generator().generate(asked)


def test_masks_that_do_not_fit_are_refused(asked: GenerationRequest, still: Still) -> None:
    dog = asked.targets[0]
    assert dog.mask is not None
    cases = {
        "empty": pack(np.zeros((60, 80), np.bool_)),
        "size": pack(np.ones((80, 60), np.bool_)),
        "damaged": replace(dog.mask, bits="AAAA"),
    }
    for words, mask in cases.items():
        with pytest.raises(BadInput, match=words):
            generator().generate(replace(asked, targets=(replace(dog, mask=mask),)), still)


def test_cancelling_stops_within_a_step(asked: GenerationRequest, still: Still) -> None:
    seen: list[str] = []
    progress = Progress(lambda _, text: seen.append(text), lambda: "Sampling 3/16" in seen)
    with pytest.raises(Cancelled):
        generator().generate(asked, still, progress)
    assert seen[-1] == "Sampling 3/16"


def test_progress_grows_from_nothing_to_all(asked: GenerationRequest, still: Still) -> None:
    seen: list[float] = []
    generator().generate(asked, still, Progress(lambda fraction, _: seen.append(fraction)))
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (0.0, 1.0)


def test_very_many_takes_are_several_batches_with_the_same_samples(
    asked: GenerationRequest, still: Still, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = generator().generate(asked, still)
    monkeypatch.setattr(object_aware, "BATCH_LIMIT", 4)
    diffusion = FakeDiffusion()
    parts = generator(diffusion).generate(asked, still)
    assert [len(batch) for batch in diffusion.batches] == [4, 2]
    assert all(np.array_equal(a.samples, b.samples) for a, b in zip(whole, parts, strict=True))


class Breaking(FakeDiffusion):
    """A pipeline that ends each time in the next of these."""

    def __init__(self, error: Exception | None) -> None:
        super().__init__()
        self.error = error

    def sample(self, *args: object, **kwargs: object) -> np.ndarray:
        if self.error is not None:
            raise self.error
        return np.full((6, 16_000), np.nan, np.float32)


@pytest.mark.parametrize(
    "error", [MemoryError(), RuntimeError("CUDA out of memory."), RuntimeError("can't allocate memory")]
)
def test_a_lack_of_memory_is_a_sentence(error: Exception, asked: GenerationRequest, still: Still) -> None:
    with pytest.raises(Failed, match="not enough memory for 6 takes"):
        generator(Breaking(error)).generate(asked, still)


def test_other_errors_are_not_hidden(asked: GenerationRequest, still: Still) -> None:
    with pytest.raises(RuntimeError, match="shapes"):
        generator(Breaking(RuntimeError("shapes do not match"))).generate(asked, still)


def test_a_take_that_is_not_a_number_is_never_given_out(asked: GenerationRequest, still: Still) -> None:
    with pytest.raises(Failed, match="no usable sound"):
        generator(Breaking(None)).generate(asked, still)


def test_a_prompt_whose_sound_the_model_has_not_learnt_is_noted(
    asked: GenerationRequest, still: Still
) -> None:
    notes: list[str] = []
    for sounds in (None, frozenset({"dog"})):
        generator = ObjectAwareGenerator(asked.model, FakeDiffusion(), FakeEncoder(), sounds=sounds)
        generator.generate(asked, still, Progress(note=notes.append))
        assert all("frog" in sentence for sentence in notes)
    assert len(notes) == 1


class WantsTheLast:
    """Of the candidates of a take, the last fits best; everything is heard as a dog."""

    concepts = load_concepts()

    def fits(self, samples: NDArray[np.float32], rate: int, condition: Tensor) -> NDArray[np.float32]:
        return np.arange(len(samples), dtype=np.float32)

    def hear(self, samples: NDArray[np.float32], rate: int, count: int = 5) -> Heard:
        shares = [HeardConcept(concept, float(concept.id == "dog")) for concept in self.concepts]
        return Heard(tuple(sorted(shares, key=lambda guess: -guess.score)))


def test_the_candidate_that_fits_best_is_the_take_and_a_recipe_gives_it_again(
    asked: GenerationRequest, still: Still
) -> None:
    listener: Any = WantsTheLast()
    notes: list[str] = []
    several = replace(asked, settings=replace(sampling(asked), candidates=3))
    made = FakeDiffusion()
    takes = ObjectAwareGenerator(asked.model, made, FakeEncoder(), listener=listener).generate(
        several, still, Progress(note=notes.append)
    )
    assert len(made.batches[0]) == 3 * len(takes)
    plain = ObjectAwareGenerator(asked.model, FakeDiffusion(), FakeEncoder()).generate(several, still)
    assert not np.array_equal(takes[0].samples, plain[0].samples)
    again = ObjectAwareGenerator(asked.model, FakeDiffusion(), FakeEncoder(), listener=listener).generate(
        read_recipe_text(takes[1].recipe), still
    )
    np.testing.assert_array_equal(again[0].samples, takes[1].samples)
    assert all("sounds more like “dog”" in sentence for sentence in notes)
    assert (
        len({sentence.split("”")[0] for sentence in notes}) == 1
    )  # "croak" is a frog; the others ask for no word


def test_candidates_are_counted_within_bounds() -> None:
    with pytest.raises(BadInput, match="1 to 8 candidates"):
        DiffusionSettings(candidates=9)
    assert DiffusionSettings.of(Settings(duration=5.0)).candidates == 2
    assert DiffusionSettings.of(Settings(takes=8, duration=5.0)).candidates == 1
    assert DiffusionSettings.of(Settings(quality=FINAL)).candidates == 1
    assert DiffusionSettings.of(Settings(candidates=4)).candidates == 4
    assert DiffusionSettings.read({"version": 1, "steps": 16}).candidates == 1
