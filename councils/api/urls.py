from django.urls import path

from . import views

urlpatterns = [
    path("councils/", views.CouncilList.as_view(), name="councils"),
    path("councils/<slug:council>/", views.CouncilDetail.as_view(), name="council"),
    path("successions/", views.SuccessionList.as_view(), name="successions"),
]
