"""Tests, and the tools that only tests and maintenance need."""
