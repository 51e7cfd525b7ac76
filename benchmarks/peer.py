"""What other people's readers take for the same pages; runs alone, in an environment of its own (see `peers.py`).

`python peer.py NAME FOLDER COUNT` prints, as JSON, the CPU seconds until the reader was ready and by reader those for
the first COUNT pages of the folder. Readers say what they find with its value, as the builder does.
"""
import json
import sys
import time
from pathlib import Path

SENTENCE = "2019年3月，某县总工会发展会员1287人，占职工的八成，发放慰问金10万元，书屋占地60平方米。"


def jieba_lcut():
    import jieba

    jieba.setLogLevel(60)
    return {"lcut": jieba.lcut}


def cn2an_transform():
    import cn2an

    return {"transform": cn2an.transform}


def jionlp():
    import jionlp as jio

    base = time.time()
    return {
        "money": lambda text: jio.ner.extract_money(text, with_parsing=True),
        "time": lambda text: jio.ner.extract_time(text, time_base=base, with_parsing=True),
    }


def recognizers():
    from recognizers_number import recognize_number, recognize_percentage
    from recognizers_number_with_unit import recognize_currency, recognize_dimension
    from recognizers_text import Culture

    readers = {"number": recognize_number, "percent": recognize_percentage, "currency": recognize_currency,
               "dimension": recognize_dimension}
    return {name: lambda text, read=read: read(text, Culture.Chinese) for name, read in readers.items()}


PEERS = {"jieba": jieba_lcut, "cn2an": cn2an_transform, "jionlp": jionlp, "recognizers": recognizers}


def timed(read, texts):
    """CPU seconds for all texts, and how many of them the reader failed on with an error."""
    start, failed = time.process_time(), 0
    for text in texts:
        try:
            read(text)
        except Exception:
            failed += 1
    return time.process_time() - start, failed


def main(name, folder, count):
    readers = PEERS[name]()
    for read in readers.values():
        timed(read, [SENTENCE])
    ready = time.process_time()
    texts = [path.read_text(encoding="utf-8") for path in sorted(Path(folder).glob("*.txt"))[:count]]
    print(json.dumps({"ready": ready, "readers": {name: timed(read, texts) for name, read in readers.items()}}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
