"""Makes the font subsets of this folder from the Debian packages named in README.md.

Usage: python3 subset.py (writes *.ttf and *.otf beside itself). Needs fonttools.
"""
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

HERE = Path(__file__).parent
CORE = Path("/usr/share/fonts/truetype/noto")
CJK = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
CJK_FACE_SC = 2  # simplified Chinese: one shape per code point, for every reader

# Latin with all its extensions, combining marks, Greek, Cyrillic, punctuation, currency, arrows in use.
LATIN_GREEK_CYRILLIC = [
    (0x0020, 0x007E), (0x00A0, 0x024F), (0x0250, 0x02FF), (0x0300, 0x036F), (0x0370, 0x03FF),
    (0x0400, 0x052F), (0x1AB0, 0x1AFF), (0x1C80, 0x1C8F), (0x1D00, 0x1DBF), (0x1DC0, 0x1DFF),
    (0x1E00, 0x1EFF), (0x1F00, 0x1FFF), (0x2000, 0x206F), (0x2070, 0x209F), (0x20A0, 0x20CF),
    (0x2116, 0x2122), (0x2C60, 0x2C7F), (0x2DE0, 0x2DFF), (0x2E00, 0x2E2F), (0xA640, 0xA69F),
    (0xA700, 0xA7FF), (0xAB30, 0xAB6F), (0xFB00, 0xFB06), (0xFE20, 0xFE2F), (0xFFFD, 0xFFFD),
]

# One regular face for each script that newcomers' names are written in.
SCRIPTS = {
    "NotoSansArabic": [(0x0600, 0x06FF), (0x0750, 0x077F), (0x08A0, 0x08FF), (0x200C, 0x200F), (0xFB50, 0xFDFF), (0xFE70, 0xFEFF)],
    "NotoSansArmenian": [(0x0530, 0x058F), (0xFB13, 0xFB17)],
    "NotoSansBengali": [(0x0964, 0x0965), (0x0980, 0x09FF), (0x200C, 0x200D)],
    "NotoSansDevanagari": [(0x0900, 0x097F), (0x200C, 0x200D), (0xA8E0, 0xA8FF)],
    "NotoSansEthiopic": [(0x1200, 0x139F), (0x2D80, 0x2DDF), (0xAB00, 0xAB2F)],
    "NotoSansGeorgian": [(0x10A0, 0x10FF), (0x1C90, 0x1CBF), (0x2D00, 0x2D2F)],
    "NotoSansGujarati": [(0x0964, 0x0965), (0x0A80, 0x0AFF), (0x200C, 0x200D)],
    "NotoSansGurmukhi": [(0x0964, 0x0965), (0x0A00, 0x0A7F), (0x200C, 0x200D)],
    "NotoSansHebrew": [(0x0590, 0x05FF), (0xFB1D, 0xFB4F)],
    "NotoSansKannada": [(0x0964, 0x0965), (0x0C80, 0x0CFF), (0x200C, 0x200D)],
    "NotoSansKhmer": [(0x1780, 0x17FF), (0x19E0, 0x19FF), (0x200C, 0x200D)],
    "NotoSansLao": [(0x0E80, 0x0EFF)],
    "NotoSansMalayalam": [(0x0964, 0x0965), (0x0D00, 0x0D7F), (0x200C, 0x200D)],
    "NotoSansMyanmar": [(0x1000, 0x109F), (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F), (0x200C, 0x200D)],
    "NotoSansNKo": [(0x07C0, 0x07FF)],
    "NotoSansSinhala": [(0x0964, 0x0965), (0x0D80, 0x0DFF), (0x200C, 0x200D)],
    "NotoSansSyriac": [(0x0700, 0x074F), (0x0860, 0x086F), (0x200C, 0x200D)],
    "NotoSansTamil": [(0x0964, 0x0965), (0x0B80, 0x0BFF), (0x200C, 0x200D)],
    "NotoSansTelugu": [(0x0964, 0x0965), (0x0C00, 0x0C7F), (0x200C, 0x200D)],
    "NotoSansThaana": [(0x0780, 0x07BF)],
    "NotoSansThai": [(0x0E00, 0x0E7F)],
    "NotoSansTifinagh": [(0x2D30, 0x2D7F)],
    "NotoSerifTibetan": [(0x0F00, 0x0FFF)],
}

# Scripts that whole translations are set in, so that their headings have a bold face as well.
BOLD = ["NotoSansArabic", "NotoSansEthiopic"]


def points(ranges):
    return {point for first, last in ranges for point in range(first, last + 1)}


def hangul_points():
    """The 2,350 syllables of KS X 1001, which Korean names are written with."""
    pairs = (bytes([lead, trail]) for lead in range(0xB0, 0xC9) for trail in range(0xA1, 0xFF))
    return {ord(pair.decode("euc_kr")) for pair in pairs}


def cjk_points():
    """The unified ideographs of the basic block, the syllables of KS X 1001, kana, jamo and their punctuation."""
    return (
        points([(0x4E00, 0x9FFF), (0x3001, 0x3017), (0x3041, 0x3096), (0x3099, 0x30FF), (0x3105, 0x312F)])
        | points([(0x3131, 0x318E), (0x31F0, 0x31FF), (0xFF01, 0xFF9F)])
        | hangul_points()
    )


def make(source, target, unicodes, number=-1, features=("*",)):
    options = subset.Options()
    options.layout_features = list(features)
    options.hinting = False
    options.desubroutinize = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14, 16, 17]
    options.notdef_outline = True
    options.glyph_names = False
    options.drop_tables += ["DSIG", "vhea", "vmtx", "VORG", "BASE"]
    font = TTFont(source, fontNumber=number, recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=unicodes)
    subsetter.subset(font)
    font.save(HERE / target)


def main():
    for weight in ("Regular", "Bold"):
        make(CORE / f"NotoSans-{weight}.ttf", f"NotoSans-{weight}.ttf", points(LATIN_GREEK_CYRILLIC),
             features=("kern", "mark", "mkmk", "ccmp", "locl", "liga"))
    for family, ranges in SCRIPTS.items():
        for weight in ("Regular", "Bold") if family in BOLD else ("Regular",):
            make(CORE / f"{family}-{weight}.ttf", f"{family}-{weight}.ttf", points(ranges))
    make(CJK, "NotoSansCJKsc-Regular.otf", cjk_points(), CJK_FACE_SC, features=("ccmp", "ljmo", "vjmo", "tjmo"))


if __name__ == "__main__":
    main()
