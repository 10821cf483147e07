"""A county's cases by Django and Django REST framework, as their own pages show; run by gunicorn."""
