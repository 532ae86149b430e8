"""What a visitor can ask of the models: checked, bounded, without a web server."""
