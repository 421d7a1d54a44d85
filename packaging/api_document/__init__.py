"""Our own API as an OpenAPI 3.1 document; its paths are taken from the gateway's own tables.

- ``document``: all of it put together
- ``shapes``: how schemas, parameters and responses are spelled
- ``common``: what every answer may be instead, whatever was asked
- ``oauth``, ``oauth_bodies``: the authorization server
- ``wallet``: what the wallet tells of itself, to apps and their libraries
- ``calls``: the providers' APIs; ``dialects``: what each of their operations takes and answers
- ``runs``: providers that are paid by the run
"""
