"""Torch's files. Its library is large, so CI has none: there only what is said without it is tested."""

from __future__ import annotations

import zipfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

import projector_export as px
from tests.helpers.vector_files import VECTORS


def refusal(path: Path) -> px.InputError:
    with pytest.raises(px.InputError) as caught:
        px.read_vectors(path)
    return caught.value


if find_spec("torch") is None:

    def test_without_torch_the_error_names_the_extra(tmp_path) -> None:
        with zipfile.ZipFile(tmp_path / "v.pt", "w") as archive:  # as torch names what it writes
            archive.writestr("v/data.pkl", b"")
            archive.writestr("v/data/0", VECTORS.tobytes())
        error = refusal(tmp_path / "v.pt")
        assert error.message == f"{tmp_path / 'v.pt'} is read with torch, which is not installed"
        assert error.tip == "pip install 'projector-export[torch]'"

else:
    import torch

    def model() -> torch.nn.Module:
        rows = torch.nn.Embedding.from_pretrained(torch.tensor(VECTORS), freeze=False)
        return torch.nn.Sequential(rows, torch.nn.Linear(8, 1))

    @pytest.mark.parametrize("saved", [torch.tensor(VECTORS), {"words": torch.tensor(VECTORS)}])
    def test_tensors_are_read_back(tmp_path, saved) -> None:
        torch.save(saved, tmp_path / "v.pt")
        np.testing.assert_array_equal(px.read_vectors(tmp_path / "v.pt"), VECTORS)

    def test_a_state_dict_is_found_within_a_checkpoint_and_the_optimizer_is_not(tmp_path) -> None:
        trained = model()
        optimizer = torch.optim.Adam(trained.parameters())
        trained(torch.tensor([1, 2])).sum().backward()
        before = trained[0].weight.detach().numpy().copy()
        state = {
            "state_dict": trained.state_dict(),
            "optimizer": optimizer.state_dict(),
            "epoch": 3,
        }
        optimizer.step()
        torch.save({**state, "optimizer": optimizer.state_dict()}, tmp_path / "v.pt")
        assert not np.array_equal(trained[0].weight.detach().numpy(), before)
        assert str(refusal(tmp_path / "v.pt").tip).endswith(
            "state_dict/0.weight (24 x 8), state_dict/1.weight (1 x 8)"
        )
        vectors = px.read_vectors(tmp_path / "v.pt", array="0.weight")
        np.testing.assert_array_equal(vectors, trained[0].weight.detach().numpy())

    def test_a_whole_model_is_not_opened(tmp_path) -> None:
        torch.save(model(), tmp_path / "v.pt")
        error = refusal(tmp_path / "v.pt")
        assert "contains more than tensors, and is not opened" in error.message
        assert "state_dict()" in str(error.tip)
