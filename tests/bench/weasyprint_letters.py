"""Makes letters with WeasyPrint on request: one word a line comes in, one JSON object a line goes out.

`begin` says the versions, and what cuts the fonts down, and makes a few letters, which are not measured; `letters` makes every letter once and says
seconds, processor seconds, pages and octets; `example` writes the first letter as `weasyprint.pdf` beside the letters.
The words come from `letters.json`, composed by Traject. Everything runs on one thread; what one letter can leave for
the next is left: fonts, style sheet, images.
"""

import argparse
import base64
import html
import json
import pathlib
import platform
import sys
import time

import pydyf
import weasyprint
from weasyprint.text.ffi import harfbuzz_subset
from weasyprint.text.fonts import FontConfiguration

#: Letters made before any is measured.
WARM_UP = 5
#: PDF/A-2a: tagged, with an output intent. WeasyPrint declares one profile a file, so that PDF/UA is not declared too.
VARIANT = "pdf/a-2a"
#: A reference longer than this is set smaller, so that it stays on one line.
LONG_REFERENCE = 30

FONT_FACES = """
@font-face {{ font-family: "Noto Sans"; src: url("{fonts}/NotoSans-Regular.ttf"); font-weight: normal }}
@font-face {{ font-family: "Noto Sans"; src: url("{fonts}/NotoSans-Bold.ttf"); font-weight: bold }}
"""


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("directory", type=pathlib.Path, help="where letters.json is")
    arguments.add_argument("fonts", type=pathlib.Path, help="where the fonts of Traject's letters are")
    arguments = arguments.parse_args()
    bench = Bench(arguments.directory, arguments.fonts)
    commands = {"begin": bench.begin, "letters": bench.letters, "example": bench.example}
    for line in sys.stdin:
        print(json.dumps(commands[line.strip()]()), flush=True)


class Bench:
    def __init__(self, directory, fonts):
        self.directory = directory
        self.words = json.loads((directory / "letters.json").read_text(encoding="utf-8"))
        self.fonts = FontConfiguration()
        faces = FONT_FACES.format(fonts=fonts.resolve().as_uri())
        style = (pathlib.Path(__file__).parent / "letters.css").read_text(encoding="utf-8")
        self.style = weasyprint.CSS(string=faces + style, font_config=self.fonts)
        self.images = {}

    def begin(self):
        for letter in self.words[:WARM_UP]:
            self.make(letter)
        return {
            "weasyprint": weasyprint.__version__,
            "pydyf": pydyf.__version__,
            "python": platform.python_version(),
            "variant": VARIANT,
            "subsetter": "harfbuzz" if harfbuzz_subset else "fonttools",
        }

    def letters(self):
        self.images.clear()
        begin, begin_cpu = time.perf_counter(), time.process_time()
        octets = pages = 0
        for letter in self.words:
            document, pdf = self.make(letter)
            octets += len(pdf)
            pages += len(document.pages)
        seconds, cpu = time.perf_counter() - begin, time.process_time() - begin_cpu
        return {"letters": len(self.words), "seconds": seconds, "cpu_seconds": cpu, "pages": pages, "octets": octets}

    def example(self):
        path = self.directory / "weasyprint.pdf"
        path.write_bytes(self.make(self.words[0])[1])
        return {"path": str(path)}

    def make(self, letter):
        page = weasyprint.HTML(string=markup(letter))
        document = page.render(stylesheets=[self.style], font_config=self.fonts, cache=self.images, pdf_variant=VARIANT)
        return document, document.write_pdf(pdf_variant=VARIANT, font_config=self.fonts)


def markup(letter):
    parts = letter["passages"]
    first = parts[0]
    title, author = text(letter["title"]), text(" / ".join(part["administration"] for part in parts))
    columns = "".join(column(part, letter["recipient_name"]) for part in parts)
    return (
        f'<!doctype html><html lang="{first["language"]}"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="author" content="{author}"></head><body>{head(letter, parts)}{columns}'
        f'<div class="end">{receipt(parts)}</div></body></html>'
    )


def head(letter, parts):
    address = "".join(f"<p>{text(line)}</p>" for line in [letter["recipient_name"], *letter["recipient_address"]])
    code = base64.b64encode(letter["qr"].encode()).decode()
    alternative = text(" / ".join(part["qr_alt"] for part in parts))
    labels = zip(*(part["references"] for part in parts))
    references = "".join(reference(items) for items in labels)
    return (
        f'<div class="head"><p class="municipality">{each(parts, lambda part: part["issuer"])}</p>'
        f'<p class="administration" data-reference="{letter["delivery_reference"]}">'
        f'{each(parts, lambda part: part["administration"])}</p>'
        f'<img class="qr" alt="{alternative}" src="data:image/svg+xml;base64,{code}">'
        f'<div class="references">{references}</div><div class="address">{address}</div></div>'
    )


def reference(items):
    label = " / ".join(dict.fromkeys(text(item["label"]) for item in items))
    value = " / ".join(dict.fromkeys(text(item["text"]) for item in items))
    size = "long" if len(items[0]["text"]) > LONG_REFERENCE else "short"
    return f'<p><span class="label">{label}</span><br><span class="{size}">{value}</span></p>'


def column(part, name):
    rows = "".join(f'<tr><th>{text(row["label"])}</th><td>{text(row["text"])}</td></tr>' for row in part["summary"])
    blocks = "".join(offers(item) if item["kind"] == "offers" else section(item) for item in part["body"])
    closing = ""
    if part["closing"] is not None:
        closing = f'<div class="closing"><p>{text(part["closing"])}</p><p>{text(part["administration"])}</p></div>'
    return (
        f'<div class="column" lang="{part["language"]}"><h1>{text(part["title"])}</h1>'
        f'<p class="subtitle">{text(part["subtitle"])}</p><p>{text(part["person_label"])} {text(name)}</p>'
        f'<table class="summary">{rows}</table>{blocks}{closing}</div>'
    )


def section(item):
    return f'<div class="section"><h2>{text(item["heading"])}</h2><p>{text(item["text"])}</p></div>'


def offers(item):
    cells = "".join(
        f'<td><p><strong>{text(offer["label"])}</strong></p><p>{text(offer["text"])}</p></td>'
        for offer in item["offers"]
    )
    return (
        f'<h2>{text(item["heading"])}</h2><p>{text(item["intro"])} {text(item["information"])}</p>'
        f'<table class="offers"><tr>{cells}</tr></table>'
    )


def receipt(parts):
    parts = [part for part in parts if part["receipt"] is not None]
    if not parts:
        return ""
    both = lambda key: each(parts, lambda part: part["receipt"][key])
    declared = "".join(f'<p lang="{part["language"]}">{text(part["receipt"]["text"])}</p>' for part in parts)
    return (
        f'<div class="receipt"><div class="declared"><h2>{both("heading")}</h2>{declared}</div>'
        f'<p class="signed">{both("date_label")}</p><p class="signed">{both("signature_label")}</p></div>'
    )


def each(parts, pick):
    # Words that are the same in both languages stand once.
    words = {pick(part): part["language"] for part in reversed(parts)}
    return " / ".join(f'<span lang="{words[word]}">{text(word)}</span>' for word in reversed(words))


def text(words):
    return html.escape(words)


if __name__ == "__main__":
    main()
