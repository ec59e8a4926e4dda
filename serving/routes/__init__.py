"""The routes, one module for each thing a caller wants."""

from serving.routes import outcomes, predict, status

ROUTERS = (predict.router, outcomes.router, status.router)
