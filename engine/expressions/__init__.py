"""The language of conditions and templates: parsed, evaluated, explained. Pure."""
