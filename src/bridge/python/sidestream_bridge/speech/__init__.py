"""Engines for speech. Each module that a command line names serves one of them: faster_whisper, funasr."""
