"""Made-up talks of any size, with as many names as real ones would bring, and questions about them: `make bench-scale`."""
