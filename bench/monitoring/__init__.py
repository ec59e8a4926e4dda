"""The proving ground of monitoring: is its verdict a detector that can be trusted to retrain?"""
