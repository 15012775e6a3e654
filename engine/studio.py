"""The studio: owns the loaded models and caches. The command line and the window use models only through it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import BadInput, Failed
from engine.generation.delivery import Delivery, Provenance, deliver
from engine.generation.embeddings import Embeddings
from engine.generation.generator import Generator, GeneratorInfo, under_licence
from engine.generation.library_generator import LIBRARY, LibraryGenerator
from engine.generation.listener import Heard, hear_file
from engine.generation.model_parts import FolderParts, Parts
from engine.generation.object_aware import ObjectAwareGenerator, object_aware_info
from engine.generation.object_finder import ObjectFinder
from engine.generation.part_loader import PartLoader
from engine.generation.procedural import INFO as PROCEDURAL_INFO
from engine.generation.procedural import ProceduralGenerator
from engine.generation.recipe import read_recipe
from engine.generation.registry import Entry, GeneratorRegistry, installed_generators
from engine.generation.request_builder import request_for, targets_of, text_target, together_target
from engine.generation.requests import GenerationRequest, Settings, Target
from engine.library.library import is_library, library_folder
from engine.models.devices import device_words
from engine.models.pool import ModelPool
from engine.progress import Progress, no_progress
from engine.scene.objects import SoundingObject
from engine.scene.sound_controls import FREE, SoundControls
from engine.scene.takes import Take
from engine.vision.still import Still, load_still

if TYPE_CHECKING:
    from engine.generation.add_to_project import AddedTakes


@dataclass(frozen=True)
class GenerationResult:
    """Takes, with the request they were generated for.

    Attributes:
        request: the request.
        takes: the takes, in the request's order.
        provenance: the still, its file, and the device.
    """

    request: GenerationRequest
    takes: tuple[Take, ...]
    provenance: Provenance


class Studio(ObjectFinder):
    """Opens stills, finds objects in them, and generates their sounds.

    It is the only access to the models. They are loaded when first needed, from a pool that several studios
    may share; results for a still are cached by its digest. A studio must be used by one thread at a time.

    Args:
        model: a model folder, or the id of one in the catalogue; None is the bundled pocket model.
        device: "cpu", "cuda", "mps", or "auto" for the fastest available.
        parts: source of the models, instead of a folder.
        pool: pool of loaded models; None is a new one.
        generators: generators besides the object-aware one and the library; None is those of installed packages.
        library: where the index of recordings lies; None is the user's own.

    Raises:
        BadInput: there is no such model or device.
    """

    def __init__(
        self,
        model: str | Path | None = None,
        device: str = "cpu",
        *,
        parts: Parts | None = None,
        pool: ModelPool | None = None,
        generators: Sequence[Generator] | None = None,
        library: Path | None = None,
    ) -> None:
        pool = pool or ModelPool()
        self._parts: Parts = FolderParts(model, device, pool) if parts is None else parts
        super().__init__(PartLoader(self._parts, pool))
        self._paths: dict[str, Path] = {}
        self._more = generators
        self._library = library or library_folder()
        self._generators: GeneratorRegistry | None = None

    @property
    def device_name(self) -> str:
        """Description of the models' device, such as "CPU, 2 threads". Loads torch.

        Raises:
            BadInput: this machine has no such device.
        """
        return device_words(self._parts.device)

    def warm_up(self) -> None:
        """Load what generating sounds of objects needs, so that the first take does not wait for it."""
        with self._loader.session():
            self._loader.encoder()
            self._loader.diffusion()

    # Stills and recordings

    def open(self, path: str | Path) -> Still:
        """Open a picture file; see ``engine.vision.still.load_still`` for the supported formats."""
        still = load_still(path)
        self._paths[still.digest] = Path(path)
        return still

    def hear(self, path: str | Path, count: int = 5, progress: Progress | None = None) -> Heard:
        """Recognize a sound file: concepts with scores, and a name and a UCS CatID if they are certain enough.

        Args:
            path: an audio file of any rate.
            count: the number of concepts.
            progress: told of the work.

        Raises:
            BadInput: it is not an audio file.
            Failed: no model with a sound encoder is installed.
        """
        with self._loader.session():
            listener = self._loader.listener()
            if listener is None:
                raise Failed(
                    "This model cannot hear, and neither can the bundled one: install Foleyscape again."
                )
            return hear_file(listener, Path(path), count, progress)

    @property
    def embeddings(self) -> Embeddings:
        """Vectors of words, objects and sounds, to search a library by."""
        return Embeddings(self._loader)

    # Sounds

    def request(
        self,
        still: Still | None,
        objects: Sequence[SoundingObject],
        settings: Settings | None = None,
        *,
        together: bool = False,
        generator: str | None = None,
    ) -> GenerationRequest:
        """Build a request for takes of each object and, with ``together``, of all of them at once.

        Objects whose numbers are not unique are numbered by position.

        Args:
            still: the still of the objects.
            objects: the objects.
            settings: the user's settings.
            together: whether to generate takes of all of them at once, too.
            generator: id of the generator; None is the default one.

        Raises:
            BadInput: a number is out of range, or there are no objects.
        """
        if len({thing.index for thing in objects}) < len(objects):
            objects = [replace(thing, index=place) for place, thing in enumerate(objects)]
        targets = list(targets_of(objects))
        if together and len(objects) > 1:
            targets.append(together_target(objects))
        return self._request(generator, None if still is None else still.digest, targets, settings)

    def request_words(
        self,
        prompt: str,
        settings: Settings | None = None,
        level_lufs: float | None = None,
        generator: str | None = None,
        controls: SoundControls = FREE,
    ) -> GenerationRequest:
        """Build a request for takes from text alone, without a picture.

        Raises:
            BadInput: the prompt is empty, or a number is out of range.
        """
        if not prompt.strip():
            raise BadInput("The prompt is empty: say what should be heard.")
        level = self.level(prompt) if level_lufs is None else level_lufs
        return self._request(generator, None, [text_target(prompt, level, controls)], settings)

    def generate(
        self, request: GenerationRequest, still: Still | None = None, progress: Progress | None = None
    ) -> GenerationResult:
        """Generate the takes of a request.

        Raises:
            BadInput: the request is for another model or another still, or there is no such generator.
            Failed: there is not enough memory.
            Cancelled: within one step of being cancelled.
        """
        progress = progress or no_progress()
        progress.report(0.0, "Loading the model")
        with self._loader.session():
            entry = self._registry().entry(request.generator)
            takes = entry.load().generate(request, still, progress.part(0.05, 1.0))
            takes = under_licence(takes, entry.info.capabilities.licence)
        path = self._paths.get(still.digest) if still else None
        return GenerationResult(request, takes, Provenance(still, path, self._parts.device))

    def generate_for_objects(
        self,
        still: Still,
        objects: Sequence[SoundingObject],
        settings: Settings | None = None,
        *,
        together: bool = False,
        generator: str | None = None,
        progress: Progress | None = None,
    ) -> GenerationResult:
        """Generate takes of each object of a still; see ``request`` and ``generate``."""
        request = self.request(still, objects, settings, together=together, generator=generator)
        return self.generate(request, still, progress)

    def generate_from_text(
        self,
        prompt: str,
        settings: Settings | None = None,
        progress: Progress | None = None,
        *,
        generator: str | None = None,
    ) -> GenerationResult:
        """Generate takes from text alone; see ``request_words`` and ``generate``."""
        return self.generate(self.request_words(prompt, settings, generator=generator), None, progress)

    def reproduce(
        self, recipe: str | Path, still: Still | None = None, progress: Progress | None = None
    ) -> GenerationResult:
        """Generate the same samples again from a ``recipe.json``.

        Args:
            recipe: the file.
            still: the recipe's still; None opens it at its original path.
            progress: told of every step.

        Raises:
            BadInput: the recipe is damaged, its still has changed or is missing, or it is for other weights.
        """
        read = read_recipe(Path(recipe), self._registry().settings)
        if read.request.still is not None and still is None:
            if read.still is None:
                raise BadInput("The recipe does not say where its still is: give the still too.")
            still = self.open(read.still)
        return self.generate(read.request, still, progress)

    def export(
        self,
        result: GenerationResult,
        folder: str | Path,
        *,
        overwrite: bool = False,
        progress: Progress | None = None,
    ) -> Delivery:
        """Write stems, mix, masks, pictures and recipe; see ``engine.generation.delivery.deliver``."""
        return deliver(
            result.request,
            result.takes,
            Path(folder),
            result.provenance,
            overwrite=overwrite,
            progress=progress,
        )

    def add_to_project(self, result: GenerationResult, path: str | Path) -> "AddedTakes":
        """Add takes to a project folder, created if missing; see ``engine.generation.add_to_project``.

        Raises:
            BadInput: the project belongs to another still, or the folder is not a project.
            Failed: it is open in another program, or cannot be written; what was saved is untouched.
        """
        from engine.generation.add_to_project import add_and_save

        made = result.provenance
        return add_and_save(Path(path), made.still, made.path, result.request, result.takes)

    # Parts

    @property
    def model(self) -> str:
        """Identifier of the weights."""
        return self._parts.fingerprint

    def generator(self, name: str | None = None) -> GeneratorInfo:
        """Return the description of a generator; None is the default one.

        Raises:
            BadInput: there is no such generator.
        """
        return self._registry().info(name)

    @property
    def generators(self) -> tuple[GeneratorInfo, ...]:
        """Descriptions of all generators, the default one first, without loading any."""
        return self._registry().infos

    def _request(
        self, generator: str | None, still: str | None, targets: Sequence[Target], settings: Settings | None
    ) -> GenerationRequest:
        return request_for(self._registry().info(generator), still, targets, settings)

    def _registry(self) -> GeneratorRegistry:
        # The library may be made while the studio is in use.
        has_library = is_library(self._library)
        if self._generators is None or has_library != (LIBRARY in {it.id for it in self._generators.infos}):
            self._generators = self._make_registry(has_library=has_library)
        return self._generators

    def _make_registry(self, *, has_library: bool) -> GeneratorRegistry:
        info = object_aware_info(
            self._parts.fingerprint,
            self._parts.licence,
            over_time=self._parts.follows_curves,
            # Only where a picture can decide instead is it known that words have no answer.
            sounds=self._parts.sounds if self._parts.takes_masks else None,
        )
        more = installed_generators() if self._more is None else self._more
        recorded = LibraryGenerator(self._library, self.embeddings.conditioner)
        own = [
            Entry(info, self._object_aware),
            Entry(PROCEDURAL_INFO, ProceduralGenerator),
            *([Entry.of(recorded)] if has_library else []),
        ]
        return GeneratorRegistry([*own, *map(Entry.of, more)])

    def _object_aware(self) -> ObjectAwareGenerator:
        info = self._registry().info()
        encoder = self._loader.lazy_encoder() if self._parts.takes_masks else None
        return ObjectAwareGenerator(
            info.model, self._loader.diffusion(), encoder, info, self._parts.sounds, self._loader.listener()
        )
