"""sherpa-onnx with a tiny model made here: a VITS in form whose voice is one tone per token, loaded and run by the real library."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from tts.engines import EngineError, Line, NotMine
from tts.engines.options import EngineOptions, parse_order
from tts.engines.sherpa import CARD, ModelUnfit, SherpaEngine, card_of
from tts.pool import Pool
from tts.voices import Manner, Voice, voice

RATE, PER_TOKEN = 16000, 1600
TEXT = "停水"
GOOD: dict[str, Any] = {
    "kind": "vits", "model": {"model": "model.onnx", "tokens": "tokens.txt", "lexicon": "lexicon.txt"}, "dialects": {"cmn": {"male": 0, "slow": 1}},
}  # fmt: skip


def tiny_vits() -> onnx.ModelProto:
    """Tokens in, one tone per token out, as long as the speed says: x, x_length, scales and speaker as sherpa-onnx gives them to a VITS."""
    ramp = np.arange(PER_TOKEN, dtype=np.float32).reshape(1, 1, -1)
    constants = {"ramp": ramp, "axis": np.array([2]), "flat": np.array([1, 1, -1]), "loud": np.float32(0.5), "slow": np.float32(0.01), "low": np.float32(0.1)}
    steps = [
        helper.make_node("Cast", ["x"], ["tokens"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["tokens", "slow"], ["step"]),
        helper.make_node("Add", ["step", "low"], ["pitch"]),
        helper.make_node("Unsqueeze", ["pitch", "axis"], ["column"]),
        helper.make_node("Mul", ["column", "ramp"], ["phase"]),
        helper.make_node("Sin", ["phase"], ["tone"]),
        helper.make_node("Mul", ["tone", "loud"], ["quiet"]),
        helper.make_node("Reshape", ["quiet", "flat"], ["y"]),
    ]
    given = [("x", TensorProto.INT64, ["N", "L"]), ("x_length", TensorProto.INT64, ["N"])]
    given += [(name, TensorProto.FLOAT, [1]) for name in ("noise_scale", "length_scale", "noise_scale_w")] + [("sid", TensorProto.INT64, [1])]
    graph = helper.make_graph(
        steps, "tiny", [helper.make_tensor_value_info(*each) for each in given],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 1, "T"])], [numpy_helper.from_array(np.asarray(v), k) for k, v in constants.items()],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    about = {
        "model_type": "vits", "comment": "test", "language": "Chinese", "sample_rate": RATE, "n_speakers": 2, "add_blank": 0,
        "jieba": 0, "frontend": "", "punctuation": "，。", "has_espeak": 0, "voice": "",
    }  # fmt: skip
    for name, value in about.items():
        entry = model.metadata_props.add()
        entry.key, entry.value = name, str(value)
    return model


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    onnx.save(tiny_vits(), str(tmp_path / "model.onnx"))
    (tmp_path / "tokens.txt").write_text("".join(f"{token} {number}\n" for number, token in enumerate(["_", "，", "。", "t", "ing", "sh", "ui"])))
    (tmp_path / "lexicon.txt").write_text("停 t ing\n水 sh ui\n")
    (tmp_path / CARD).write_text(json.dumps(GOOD))
    return tmp_path


def line(tone: Voice) -> Line:
    return Line(tone, TEXT, TEXT)


def test_the_model_is_loaded_and_speaks(folder: Path) -> None:
    engine = SherpaEngine(EngineOptions(sherpa_model_dir=str(folder)))
    speech = engine.say(line(voice("cmn")))
    assert speech.rate == RATE and len(speech.pcm) >= 4 * PER_TOKEN and 10_000 < speech.pcm.max() < 20_000
    assert len(engine.say(line(voice("cmn", "slow"))).pcm) > 0


def test_what_the_model_does_not_speak_is_left_to_the_next(folder: Path) -> None:
    engine = SherpaEngine(EngineOptions(sherpa_model_dir=str(folder)))
    for tone in (voice("cmn", "lively"), voice("yue")):
        with pytest.raises(NotMine):
            engine.say(line(tone))
    with pytest.raises(NotMine, match="sherpa_model_dir"):
        SherpaEngine(EngineOptions()).say(line(voice("cmn")))


def test_the_fingerprint_changes_with_the_model(folder: Path) -> None:
    engine = SherpaEngine(EngineOptions(sherpa_model_dir=str(folder)))
    before = engine.fingerprint(voice("cmn"))
    assert before == engine.fingerprint(voice("cmn"))
    (folder / "lexicon.txt").write_text("停 t ing\n水 sh ui\n电 t ing\n")
    assert engine.fingerprint(voice("cmn")) != before


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("no json", "is no JSON"), ({"kind": "piper"}, '"kind" must be one of vits'), ({"model": ["x"]}, '"model" must name the files'),
        ({"model": {"model": "gone.onnx"}}, "model names gone.onnx, which is not in the folder"), ({"dialects": {"cmn": {"male": "0"}}}, "speaker numbers"),
        ({"dialects": {"cmn": {"male": True}}}, "speaker numbers"), ({"threads": 0}, "threads"), ({"takes": "ssml"}, '"takes"'),
    ],
)  # fmt: skip
def test_a_card_that_cannot_be_used_says_what_to_write(folder: Path, change: str | dict[str, Any], why: str) -> None:
    (folder / CARD).write_text(change if isinstance(change, str) else json.dumps({**GOOD, **change}))
    with pytest.raises(ModelUnfit, match=why):
        card_of(folder)
    with pytest.raises(EngineError, match=why) as caught:
        SherpaEngine(EngineOptions(sherpa_model_dir=str(folder))).say(line(voice("cmn")))
    assert caught.value.permanent


def test_a_folder_without_a_card_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(ModelUnfit, match=f"{CARD} cannot be read"):
        card_of(tmp_path)


@pytest.mark.parametrize(
    ("change", "why"), [({"dialects": {"cmn": {"*": 7}}}, "has 2 speakers and no number 7"), ({"model": {**GOOD["model"], "sharpness": 3}}, "no such fields")]
)
def test_what_the_library_would_misunderstand_is_refused_before(folder: Path, change: dict[str, Any], why: str) -> None:
    (folder / CARD).write_text(json.dumps({**GOOD, **change}))
    with pytest.raises(EngineError, match=why):
        SherpaEngine(EngineOptions(sherpa_model_dir=str(folder))).say(line(voice("cmn")))


@pytest.mark.parametrize("broken", [b"", b"rubbish" * 100])
def test_in_a_process_of_its_own_a_broken_model_leaves_the_text_to_the_system(folder: Path, broken: bytes) -> None:
    options = EngineOptions(parse_order("sherpa system"), sherpa_model_dir=str(folder))
    pool = Pool(1, options=options)
    try:
        assert [each.engine for each in pool.speak([TEXT], Manner("cmn"))] == ["sherpa"]
    finally:
        pool.close()
    (folder / "model.onnx").write_bytes(broken)
    pool = Pool(1, options=options)
    try:
        said = list(pool.speak([TEXT, "停电。"], Manner("cmn")))
        assert [each.engine for each in said] == ["system", "system"] and said[0].instead[0][0] == "sherpa"
    finally:
        pool.close()
