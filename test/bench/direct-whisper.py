"""faster-whisper without anything around it: a line of JSON with a job in, one with what it took out, in seconds."""

import json
import sys
import time

from faster_whisper import WhisperModel

folder, threads = sys.argv[1:]
model = WhisperModel(
    folder, device="cpu", compute_type="int8", cpu_threads=int(threads), local_files_only=True
)

for line in sys.stdin:
    job = json.loads(line)
    cpu, begun, first = time.process_time(), time.perf_counter(), None
    segments, _ = model.transcribe(
        job["path"], language="en", beam_size=job["beamSize"], temperature=0, vad_filter=True
    )
    texts = []
    for segment in segments:
        first = first or time.perf_counter() - begun
        texts.append(segment.text.strip())
    wall = time.perf_counter() - begun
    took = {"wall": wall, "first": first, "cpu": time.process_time() - cpu, "text": " ".join(texts)}
    print(json.dumps(took), flush=True)
