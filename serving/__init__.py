"""The HTTP service: answers predictions with the live model, logs each one, and follows the champion.

The server process imports neither scikit-learn, pandas, Evidently, MLflow nor Prefect.
"""
