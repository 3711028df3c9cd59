"""An engine as its host sees it, and the recording whose words are known."""

import json
import os
import re
import subprocess
import sys
import wave
from typing import Any, Dict, List, Tuple

PACKAGE = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
REPOSITORY = os.path.abspath(os.path.join(PACKAGE, "..", "..", ".."))
RECORDING = os.path.join(REPOSITORY, "samples", "audio", "librivox.wav")
RATE = 16_000


def marks() -> List[Dict[str, Any]]:
    """From the table beside the recording: where each part lies, where speech is in it, and its words."""
    with open(os.path.join(os.path.dirname(RECORDING), "README.md"), encoding="utf-8") as page:
        rows = re.findall(r"^\| \d{4} +\| ([\d.]+) – ([\d.]+) s +\| ([\d.]+) – ([\d.]+) s +\| (.*?) *\|$", page.read(), re.M)
    return [
        {"part": (float(a), float(b)), "speech": (float(c), float(d)), "words": words.split()}
        for a, b, c, d, words in rows
    ]


def words_of(text: str) -> List[str]:
    plain = text.lower().replace("-", " ").replace("mr.", "mister")
    return re.sub(r"[^a-z' ]", "", plain).split()


def word_errors(said: List[str], reference: List[str]) -> int:
    """Words to change, to add or to leave out."""
    row = list(range(len(reference) + 1))
    for count, word in enumerate(said, 1):
        before, row[0] = row[0], count
        for place, wanted in enumerate(reference, 1):
            cost = min(before + (word != wanted), row[place] + 1, row[place - 1] + 1)
            before, row[place] = row[place], cost
    return row[-1]


def samples() -> bytes:
    with wave.open(RECORDING) as file:
        return file.readframes(file.getnframes())


def write_wave(path: str, pcm: bytes, times: int = 1) -> str:
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        for _ in range(times):
            file.writeframes(pcm)
    return path


def write_stream(path: str, pcm: bytes, format: str, codec: str) -> str:
    """As a recorder writes it that cannot seek back: the file does not tell how long it is."""
    import av
    import numpy

    class Pipe:
        def __init__(self, file: Any) -> None:
            self.write = file.write

    with open(path, "wb") as file, av.open(Pipe(file), "w", format=format) as container:
        stream = container.add_stream(codec, rate=RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(numpy.frombuffer(pcm, "<i2")[None, :], "s16", "mono")
        frame.sample_rate = RATE
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    return path


class Failed(Exception):
    def __init__(self, error: Dict[str, Any]) -> None:
        super().__init__(error["message"])
        self.kind = error["data"]["kind"]
        self.data = error["data"]


class Child:
    def __init__(self, module: str, *flags: str, **options: Any) -> None:
        environment = {**os.environ, "PYTHONPATH": PACKAGE, "HF_HUB_OFFLINE": "1", "ORT_DISABLE_TELEMETRY": "1"}
        command = [sys.executable, *flags, "-m", f"sidestream_bridge.speech.{module}"]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=environment, **options
        )
        self._id = 0

    def send(self, method: str, params: Dict[str, Any]) -> int:
        self._id += 1
        self.write({"jsonrpc": "2.0", "id": self._id, "method": method, "params": params})
        return self._id

    def write(self, message: Dict[str, Any]) -> None:
        self.process.stdin.write(json.dumps(message).encode() + b"\n")
        self.process.stdin.flush()

    def read(self) -> Dict[str, Any]:
        return json.loads(self.process.stdout.readline())

    def call(self, method: str, **params: Any) -> Any:
        return self.told(method, **params)[0]

    def told(self, method: str, **params: Any) -> Tuple[Any, List[Dict[str, Any]]]:
        """The result, and what was told before it."""
        own = self.send(method, params)
        values: List[Dict[str, Any]] = []
        while True:
            message = self.read()
            if message.get("method") == "$/progress":
                values.append(message["params"]["value"])
            elif message.get("id") == own:
                if "error" in message:
                    raise Failed(message["error"])
                return message["result"], values

    def peak_mb(self) -> float:
        """The most memory that it held. Linux only."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return int(re.search(r"VmHWM:\s+(\d+)", status.read()).group(1)) / 1024

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()


def segments_of(told: List[Dict[str, Any]]) -> List[Dict[str, Any]]:
    return [value["segment"] for value in told if value["kind"] == "segment"]
