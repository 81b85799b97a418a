"""Sphinx settings. Build with: sphinx-build -W docs docs/_build (needs the extra ``docs``)."""

import sys
from pathlib import Path

from staffride import __version__

sys.path.insert(0, str(Path(__file__).parent / "extensions"))

project = "staffride"
author = "The staffride developers"
copyright = "2026, the staffride developers"
version = release = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "pages"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 4
exclude_patterns = ["_build", "**/*_frame.md"]
autodoc_member_order = "bysource"
autodoc_typehints = "description"
napoleon_google_docstring = False

html_theme = "pydata_sphinx_theme"
html_title = f"staffride {version}"
html_theme_options = {"navigation_with_keys": False, "show_toc_level": 2}
html_sidebars = {"tutorial/first-light": []}
html_show_sourcelink = False
