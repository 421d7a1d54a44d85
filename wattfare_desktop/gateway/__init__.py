"""The public port on loopback, and the only room that speaks HTTP.

- ``gateway``: the port put together
- ``server``, ``checks``: listening, dispatch, and what every request must pass
- ``connection``, ``limits``: one client's connection, and how much of it is put up with
- ``proxy``, ``exchange``, ``streaming``, ``outcome``: a call's way out and back
- ``refusals``, ``credentials``, ``json_body``, ``form_body``: the edges of that way
- ``queues``: runs at providers that are paid by the run, and what becomes of them
- ``upstream``, ``listings``: providers, reached and asked
- ``oauth``, ``pages``, ``delivery``: the authorization server and how its answers travel
- ``practice``: the built-in provider with play money
"""
