"""Writes extraction.json: what client/image-statistics.ts and client/text-statistics.ts must give.

Requirements: numpy==2.4.6 scipy==1.17.1 (Python 3.11), see requirements.txt beside it.

    python3 -m venv /tmp/venv-oracles
    /tmp/venv-oracles/bin/pip install -r test/oracles/requirements.txt
    /tmp/venv-oracles/bin/python test/oracles/extraction.py

Images: numpy, and scipy.ndimage.laplace with mode "mirror", which is OpenCV's Laplacian with its default kernel and border
(BORDER_REFLECT_101). Texts: character by character, from the categories and names of unicodedata.
"""

import json
import unicodedata
from pathlib import Path

import numpy as np
from scipy import ndimage

random = np.random.default_rng(20000101)


def image_of(pixels):
    """Pixels of height x width x channels."""
    height, width, channels = pixels.shape
    values = pixels.astype(float)
    colours = values[:, :, :3] if channels >= 3 else np.repeat(values[:, :, :1], 3, axis=2)
    luma = colours @ np.array([0.299, 0.587, 0.114])
    expected = {
        "brightness": luma.mean(),
        "contrast": luma.std(),
        "sharpness": ndimage.laplace(luma, mode="mirror").var(),
    }
    for index, name in enumerate(["red", "green", "blue"]):
        expected[f"{name}_mean"] = colours[:, :, index].mean()
        expected[f"{name}_deviation"] = colours[:, :, index].std()
    return {
        "width": width,
        "height": height,
        "channels": channels,
        "data": pixels.ravel().tolist(),
        "expected": {name: float(value) for name, value in expected.items()},
    }


def noise(height, width, channels):
    return random.integers(0, 256, (height, width, channels), dtype=np.uint8)


def blurred(height, width):
    rough = random.integers(0, 256, (height, width)).astype(float)
    smooth = ndimage.gaussian_filter(rough, 2)
    return np.repeat(smooth.astype(np.uint8)[:, :, None], 3, axis=2)


images = [
    noise(7, 9, 3),
    noise(8, 5, 4),
    noise(6, 6, 1),
    noise(5, 6, 2),
    noise(1, 11, 3),
    noise(11, 1, 3),
    noise(1, 1, 3),
    noise(2, 2, 3),
    blurred(12, 12),
    np.full((4, 5, 3), 200, dtype=np.uint8),
    np.zeros((3, 3, 3), dtype=np.uint8),
]

letters = "L"
word_categories = ("L", "M")
scripts = {
    "LATIN": "latin",
    "CYRILLIC": "cyrillic",
    "GREEK": "greek",
    "ARABIC": "arabic",
    "HEBREW": "hebrew",
    "DEVANAGARI": "devanagari",
    "CJK": "han",
    "HIRAGANA": "kana",
    "KATAKANA": "kana",
    "HANGUL": "hangul",
    "THAI": "thai",
}


def is_letter(character):
    return unicodedata.category(character).startswith(letters)


def is_word_character(character):
    category = unicodedata.category(character)
    return category.startswith(word_categories) or category == "Nd"


def words_of(text):
    words, current = [], ""
    for index, character in enumerate(text):
        following = text[index + 1] if index + 1 < len(text) else " "
        joins = character in "'’-" and current != "" and is_word_character(current[-1]) and is_word_character(following)
        if is_word_character(character) or joins:
            current += character
        elif current:
            words.append(current)
            current = ""
    return words + [current] if current else words


def share(part, whole):
    return part / whole if whole else None


def text_of(given):
    text = unicodedata.normalize("NFC", given)
    words = words_of(text)
    alphabetic = [character for character in text if is_letter(character)]
    found = {}
    for character in alphabetic:
        script = scripts.get(unicodedata.name(character).split()[0].split("-")[0], "other")
        found[script] = found.get(script, 0) + 1
    most = max(found.values(), default=0)
    return {
        "text": given,
        "expected": {
            "characters": len(text),
            "words": len(words),
            "mean_word_length": share(sum(map(len, words)), len(words)),
            "non_letter_share": share(sum(not is_letter(c) and not c.isspace() for c in text), len(text)),
            "upper_case_share": share(sum(unicodedata.category(c) == "Lu" for c in text), len(alphabetic)),
            "digit_share": share(sum(unicodedata.category(c) == "Nd" for c in text), len(text)),
            "type_token_ratio": share(len({word.lower() for word in words}), len(words)),
            "script": min((name for name, count in found.items() if count == most), default=None),
        },
    }


texts = [
    "",
    "   \n\t",
    "Hello, world!",
    "It's a well-kept rock 'n' roll: don't -stop- 3rd 2nd 1,000.50",
    "SHOUTING IS NOT NICE!!! IS IT?",
    "The cat saw the dog and the dog saw the cat.",
    "naïve café e\u0301te\u0301 Ångström STRASSE straße",
    "Привет, мир! 2026 год",
    "Καλημέρα κόσμε",
    "שלום עולם",
    "مرحبا بالعالم ١٢٣",
    "नमस्ते दुनिया",
    "你好世界",
    "こんにちは カタカナ",
    "안녕하세요 세계",
    "สวัสดีชาวโลก",
    "emoji 👩‍👩‍👧 and 🎉🎉",
    "<a href='x'>link</a> {\"k\": [1, 2]}",
    "1234 5678",
    "!!!",
    "latin и кириллица",
    "ab аб",
    "ქართული",
    "don’t — “quoted” …",
]

here = Path(__file__).parent
content = {"images": [image_of(pixels) for pixels in images], "texts": [text_of(text) for text in texts]}
(here / "extraction.json").write_text(json.dumps(content, ensure_ascii=True) + "\n")
