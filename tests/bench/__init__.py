"""Speed, memory and start-up times, each beside its peer in the same run (`make bench`, `python -m tests.bench`)."""
