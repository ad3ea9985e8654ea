"""What the generators of tables share."""

import bz2


def in_gb2312(char):
    try:
        char.encode("gb2312")
        return True
    except UnicodeEncodeError:
        return False


def unihan(folder, name):
    """The entries of a file of the Unihan database, plain or packed with bzip2: code, field, value."""
    path = folder / name
    text = path.read_text("utf-8") if path.exists() else bz2.open(f"{path}.bz2", "rt", encoding="utf-8").read()
    return [line.split("\t") for line in text.splitlines() if line.startswith("U+")]
