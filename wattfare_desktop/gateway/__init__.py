"""The public port on loopback, and the only room that speaks HTTP.

- ``gateway``: the port put together
- ``server``, ``checks``: listening, dispatch, and what every request must pass
- ``connection``, ``limits``: one client's connection, and how much of it is put up with
- ``proxy``, ``exchange``, ``streaming``, ``outcome``: a call's way out and back
- ``refusals``, ``credentials``, ``json_body``, ``form_body``: the edges of that way
- ``queues``: runs at providers that are paid by the run, and what becomes of them
- ``growing``, ``waiting``, ``deadline``, ``idempotency``: holds that grow, calls that wait for
  their user, ends of those that do not end, and calls made again
- ``wattfare_api``, ``receipts_api``, ``description``: what an app may ask of the wallet itself, and
  how all of the port is described
- ``doors``, ``unbounded``: which paths take calls, and which are known and refused
- ``upstream``, ``listings``, ``models_api``, ``lookout``: providers, reached and asked, and apps
  told of them
- ``price_source``, ``update_source``: newer prices and versions, fetched
- ``oauth/``, ``pages``, ``delivery``: the authorization server and how its answers travel
- ``document_source``: what clients publish about themselves, fetched with care
- ``practice``: the built-in provider with play money
"""
