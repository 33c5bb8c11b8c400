"""The dashboard with every rerun of the desk slowed to one second, and the page's end likewise."""

import time

import streamlit as st

import pages.parts.desk.desk_part
from dashboard import image_route

real_desk_data = pages.parts.desk.desk_part.desk_data
real_desk = pages.parts.desk.desk_part._desk


def slow_desk_data(*args, **kwargs):
    time.sleep(1)
    return real_desk_data(*args, **kwargs)


def slow_end(*args, **kwargs):
    drawn = real_desk(*args, **kwargs)
    time.sleep(1)
    return drawn


pages.parts.desk.desk_part.desk_data = slow_desk_data
pages.parts.desk.desk_part._desk = slow_end
app = st.App(pages.parts.desk.desk_part.HERE.parents[1] / "shell.py", routes=[image_route])
