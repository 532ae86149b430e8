"""The Gradio front end: the only part of the package that imports gradio."""
