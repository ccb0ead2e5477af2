"""`tolqyn instrument schema`: the JSON Schemas that make an editor complete and check instrument files."""

import json

import click


@click.command("schema")
@click.option("--wording", is_flag=True, help="Of the files with words of a further language.")
def schema_command(wording: bool) -> None:
    """Print the JSON Schema of structure files (or of wording files), for editors that check while you type.

    The same two files lie in instruments/schemas/; a first line in an instrument names one of them:
    # yaml-language-server: $schema=PATH/instrument.schema.json

    \b
    Example:  tolqyn instrument schema > instrument.schema.json
    """
    from instruments import instrument_schema, wording_schema

    found = wording_schema() if wording else instrument_schema()
    click.echo(json.dumps(found, ensure_ascii=False, indent=1))
