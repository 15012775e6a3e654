"""Masks of recipes in a project: stored once as files, and named in the recipes of takes by their digests."""

import json
from dataclasses import replace

from engine.errors import BadInput
from engine.project.mask_files import read_mask, write_mask
from engine.project.safe_files import SafeFiles
from engine.scene.masks import PackedMask, pack, unpack
from engine.scene.recipe_facts import parse_recipe, reference_masks, with_bits
from engine.scene.scene import Scene, TakeRecord
from engine.scene.takes import Take


def store_masks(files: SafeFiles, take: Take, stored: set[str]) -> Take:
    """Store the masks in a take's recipe as files, and give the take with a recipe that names them.

    Args:
        files: the project folder.
        take: its recipe has its masks packed into it, or none.
        stored: digests of the masks that are known to be on the disk; those that are written now are added.

    Raises:
        Failed: the disk is full or the place cannot be written.
    """
    recipe, masks = reference_masks(take.recipe)
    try:
        opened = {mask.digest: unpack(mask) for mask in masks}
    except ValueError:
        return take  # A mask that cannot be unpacked stays where it is.
    for digest, mask in opened.items():
        if digest not in stored:
            write_mask(files, mask, digest)
            stored.add(digest)
    return replace(take, recipe=recipe)


def whole_recipe(files: SafeFiles, scene: Scene, take: TakeRecord) -> str:
    """The recipe of a take as it stands alone, with its masks packed into it.

    Args:
        files: the project folder.
        scene: of the project.
        take: one of its takes.

    Raises:
        BadInput: the recipe cannot be read, or the file of a mask is missing or damaged.
        Failed: a file may not be read.
    """

    def packed_of(digest: str) -> PackedMask:
        if scene.still is None:
            raise BadInput("The recipe names a mask, and the project has no still that it could be of.")
        return pack(read_mask(files, digest, scene.still))

    return json.dumps(with_bits(parse_recipe(take.recipe), packed_of), sort_keys=True)
