"""Static files in deployed mode: every file under the hash of its content, so that a browser may keep it for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStorage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed; also the names inside `import ... from "./x.js";` are rewritten."""

    support_js_module_import_aggregation = True
    # One pass settles one floor of imports, and our modules stand on more than Django's five.
    max_post_process_passes = 30
