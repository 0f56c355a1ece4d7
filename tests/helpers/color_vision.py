"""How different colors look: CIEDE2000, and what people see who lack a kind of cone.

CIEDE2000 by Sharma, Wu and Dalal (2005), whose published pairs test it; color vision by Machado,
Oliveira and Fernandes (2009), severity 1.
"""

from __future__ import annotations

import numpy as np

from projector_export.arrays import Float32Matrix

# Linear RGB -> linear RGB.
VISION = {
    "full": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
}
_TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
_WHITE = _TO_XYZ.sum(axis=1)


def lab(colors: list[str], vision: str = "full") -> Float32Matrix:
    """Return CIELAB (N, 3) of colors such as "#1f77b4", as people with this `vision` see them."""
    rgb = np.array([[int(color[at : at + 2], 16) for at in (1, 3, 5)] for color in colors]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ VISION[vision].T, 0, 1)
    ratios = seen @ _TO_XYZ.T / _WHITE
    cube = np.where(ratios > 216 / 24389, np.cbrt(ratios), (24389 / 27 * ratios + 16) / 116)
    x, y, z = cube.T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)


def ciede2000(one: Float32Matrix, other: Float32Matrix) -> Float32Matrix:
    """Return the difference of each of (..., 3) to each of (..., 3) CIELAB colors."""
    (light1, a1, b1), (light2, a2, b2) = np.moveaxis(one, -1, 0), np.moveaxis(other, -1, 0)
    mean_chroma = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    stretch = 1.5 - 0.5 * np.sqrt(mean_chroma**7 / (mean_chroma**7 + 25.0**7))
    chroma1, chroma2 = np.hypot(stretch * a1, b1), np.hypot(stretch * a2, b2)
    hue1 = np.degrees(np.arctan2(b1, stretch * a1)) % 360
    hue2 = np.degrees(np.arctan2(b2, stretch * a2)) % 360
    is_gray = chroma1 * chroma2 == 0
    turn = np.where(is_gray, 0, (hue2 - hue1 + 180) % 360 - 180)
    hue = np.where(is_gray, hue1 + hue2, (hue1 + turn / 2) % 360)
    light, chroma = (light1 + light2) / 2, (chroma1 + chroma2) / 2

    def cosine(times: int, shift: float) -> Float32Matrix:
        return np.cos(np.radians(times * hue + shift))

    weight = 1 - 0.17 * cosine(1, -30) + 0.24 * cosine(2, 0)
    weight = weight + 0.32 * cosine(3, 6) - 0.20 * cosine(4, -63)
    rotation = np.sin(np.radians(60 * np.exp(-(((hue - 275) / 25) ** 2))))
    rotation = -2 * rotation * np.sqrt(chroma**7 / (chroma**7 + 25.0**7))
    light_part = (light2 - light1) / (
        1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2)
    )
    chroma_part = (chroma2 - chroma1) / (1 + 0.045 * chroma)
    hue_part = 2 * np.sqrt(chroma1 * chroma2) * np.sin(np.radians(turn / 2))
    hue_part = hue_part / (1 + 0.015 * chroma * weight)
    return np.sqrt(light_part**2 + chroma_part**2 + hue_part**2 + rotation * chroma_part * hue_part)


def least_difference(colors: list[str], vision: str) -> float:
    """Return the CIEDE2000 of the two colors that look most alike."""
    seen = lab(colors, vision)
    differences = ciede2000(seen[:, None, :], seen[None, :, :])
    return float(differences[np.triu_indices(len(colors), k=1)].min())
