"""Time bank (爱心银行): volunteer hours become points, points become help and goods."""

from flask import Flask

from config import Config, load_keys


def create_app(config: type[Config] | None = None) -> Flask:
    """Build the application. The only function that knows every room.

    Raises:
        RuntimeError: The SQLite library is too old, or production lacks its keys.
    """
    from app import cli, web
    from app.base import crypto, db

    settings = config or Config
    app = Flask(
        __name__,
        instance_path=str(settings.INSTANCE_PATH),
        template_folder="web/templates",
        static_folder="web/static",
    )
    app.config.from_object(settings)
    keys = load_keys(settings)
    app.config["SECRET_KEY"] = keys["session"]
    crypto.set_root(field=keys["field"], code=keys["code"])
    db.init_app(app)
    web.init_app(app)
    cli.init_app(app)
    return app
