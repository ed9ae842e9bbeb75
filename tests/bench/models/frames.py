"""What the scripts on frames share: a film that both sides make alike."""

from __future__ import annotations

import numpy as np

HEIGHT, WIDTH = 720, 1280
SHOT = 12


def picture(seed: int) -> np.ndarray:
    """Returns a picture of blobs, edges and grain (height, width, 3)."""
    generator = np.random.default_rng(seed)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH] / HEIGHT
    image = np.zeros((HEIGHT, WIDTH, 3))
    for _ in range(12):
        across, down, size = generator.uniform([0, 0, 0.05], [1.8, 1, 0.4])
        inside = (x - across) ** 2 + (y - down) ** 2 < size**2
        image[inside] = 0.5 * image[inside] + 0.5 * generator.uniform(20, 235, 3)
    image += 40 * np.sin(x * generator.uniform(5, 40))[..., None]
    image += generator.normal(0, 6, image.shape)
    return np.clip(image, 0, 255).astype(np.uint8)


def film(shots: int) -> np.ndarray:
    """Returns shots of `SHOT` frames each, in which the camera goes right."""
    return np.concatenate(
        [
            np.stack([np.roll(picture(seed), -2 * step, 1) for step in range(SHOT)])
            for seed in range(shots)
        ]
    )
