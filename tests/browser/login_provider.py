"""A provider of logins (OpenID Connect) that says yes to everybody, on this machine."""

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey


@contextmanager
def login_provider(claims):
    """Run the provider; everybody who logs in is the person of `claims`. Yield its address."""
    key = RSAKey.generate_key(2048, {"kid": "test", "use": "sig", "alg": "RS256"})
    nonces = {}

    class Provider(BaseHTTPRequestHandler):
        def do_GET(self):
            parts = urlsplit(self.path)
            asked = {name: value for name, (value,) in parse_qs(parts.query).items()}
            if parts.path == "/.well-known/openid-configuration":
                self.answer(
                    {
                        "issuer": address,
                        "authorization_endpoint": f"{address}/authorize",
                        "token_endpoint": f"{address}/token",
                        "jwks_uri": f"{address}/keys",
                        "id_token_signing_alg_values_supported": ["RS256"],
                    }
                )
            elif parts.path == "/keys":
                self.answer({"keys": [key.as_dict(private=False)]})
            elif parts.path == "/authorize":
                code = f"code-{len(nonces)}"
                nonces[code] = asked["nonce"]
                back = urlencode({"code": code, "state": asked["state"]})
                self.send_response(302)
                self.send_header("Location", f"{asked['redirect_uri']}?{back}")
                self.end_headers()
            else:
                self.send_error(404)

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            (code,) = parse_qs(body)["code"]
            now = int(time.time())
            told = {
                "iss": address, "aud": "second-look", "sub": "4711", "iat": now,
                "exp": now + 600, "nonce": nonces.pop(code), **claims,
            }  # fmt: skip
            token = jwt.encode({"alg": "RS256", "kid": "test"}, told, key)
            self.answer({"access_token": "x", "token_type": "Bearer", "id_token": token})

        def answer(self, content):
            data = json.dumps(content).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield address
    finally:
        server.shutdown()
        server.server_close()
