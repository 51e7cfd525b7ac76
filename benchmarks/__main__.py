"""`python -m benchmarks`: every measurement, printed as it is made; what is measured is told in each module."""
from __future__ import annotations

from benchmarks import build_vs_jieba, readers

if __name__ == "__main__":
    readers.main()
    build_vs_jieba.main()
