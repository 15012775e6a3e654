"""Masks of recipes in a project: stored once as files, referenced by digest in the recipes of takes."""

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
    """Store the masks of a take's recipe as files and return the take with a recipe that references them.

    Args:
        files: the project folder.
        take: the take, whose recipe has its masks packed inline.
        stored: digests of masks known to be on disk; new ones are added.

    Raises:
        Failed: the disk is full or the folder cannot be written.
    """
    recipe, masks = reference_masks(take.recipe)
    try:
        opened = {mask.digest: unpack(mask) for mask in masks}
    except ValueError:
        return take  # A damaged mask stays inline.
    for digest, mask in opened.items():
        if digest not in stored:
            write_mask(files, mask, digest)
            stored.add(digest)
    return replace(take, recipe=recipe)


def whole_recipe(files: SafeFiles, scene: Scene, take: TakeRecord) -> str:
    """Return the recipe of a take with its masks packed inline, complete without the project.

    Args:
        files: the project folder.
        scene: the scene of the project.
        take: one of its takes.

    Raises:
        BadInput: the recipe cannot be parsed, or the file of a mask is missing or damaged.
        Failed: a file cannot be read.
    """

    def packed_of(digest: str) -> PackedMask:
        if scene.still is None:
            raise BadInput("The recipe names a mask, and the project has no still that it could be of.")
        return pack(read_mask(files, digest, scene.still))

    return json.dumps(with_bits(parse_recipe(take.recipe), packed_of), sort_keys=True)
