"""The dashboard with every rerun of the desk slowed to one second."""

import time

import streamlit as st

import pages.parts.desk.desk_part
from dashboard import image_route

real_desk_data = pages.parts.desk.desk_part.desk_data


def slow_desk_data(*args, **kwargs):
    time.sleep(1)
    return real_desk_data(*args, **kwargs)


pages.parts.desk.desk_part.desk_data = slow_desk_data
app = st.App(pages.parts.desk.desk_part.HERE.parents[1] / "shell.py", routes=[image_route])
