"""A recipe file with two objects and both together."""

from typing import Any

import numpy as np

from engine.generation.recipe import request_facts
from engine.generation.request_builder import targets_of, together_target
from engine.generation.requests import GenerationRequest
from engine.scene.objects import SoundingObject


def recipe() -> dict[str, Any]:
    masks = [np.zeros((40, 60), np.bool_) for _ in range(2)]
    masks[0][:20], masks[1][20:] = True, True
    objects = [SoundingObject(n, mask, f"thing {n}", "a dog barks") for n, mask in enumerate(masks)]
    targets = (*targets_of(objects), together_target(objects))
    request = request_facts(GenerationRequest("pocket-0123", "0" * 64, targets))
    return {"schema": 2, "program": "foleyscape", "request": request, "still": {"path": "/a/still.png"}}
