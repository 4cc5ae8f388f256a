"""Settings for tests that run inside pytest: open mode, quick passwords, no service needed."""

import os

os.environ["DISTVIZ_OPEN"] = "1"
os.environ["SECRET_KEY"] = "a key for tests alone, as long as one in use should be: 0123456789"
os.environ.pop("DATABASE_URL", None)
os.environ["REDIS_URL"] = "redis://127.0.0.1:1/0"  # nobody listens there

from distviz.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
