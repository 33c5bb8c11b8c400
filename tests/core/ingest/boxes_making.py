"""Small data sets with boxes, written by hand as each format's tools write them."""

import json

import numpy as np
from PIL import Image

from core.ingest.readers import read_source, source_of


def write_image(folder, path, size=(100, 80), orientation=1):
    """Write an image of noise, as stored; with an EXIF orientation where one is given."""
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    seed = sum(path.encode())
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(pixels).save(file, exif=exif, quality=95)
    return file


def write_text(folder, path, text):
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def write_coco(folder, path, images, annotations, categories=("cat", "dog")):
    """Images by id; annotations of (id, image, category and box), boxes of left, top, w and h."""
    found = {
        "info": {"description": "made by hand"},
        "images": [
            {"id": key, "file_name": name, "width": 100, "height": 80}
            for key, name in images.items()
        ],
        "annotations": [
            {"id": key, "image_id": image, "category_id": category, "iscrowd": 0}
            | ({} if box is None else {"bbox": box, "area": 1})
            for key, image, category, box in annotations
        ],
        "categories": [
            {"id": at, "name": name, "supercategory": ""}
            for at, name in enumerate(categories, start=1)
        ],
    }
    return write_text(folder, path, json.dumps(found))


def voc_object(name, box, difficult=0, truncated=0):
    edges = zip(("xmin", "ymin", "xmax", "ymax"), box, strict=True)
    inside = "".join(f"<{edge}>{value}</{edge}>" for edge, value in edges)
    return (
        f"<object><name>{name}</name><pose>Unspecified</pose><truncated>{truncated}</truncated>"
        f"<difficult>{difficult}</difficult><bndbox>{inside}</bndbox></object>"
    )


def write_voc(folder, path, filename, *objects):
    return write_text(
        folder,
        path,
        f"<annotation><folder>JPEGImages</folder><filename>{filename}</filename>"
        "<size><width>100</width><height>80</height><depth>3</depth></size>"
        f"<segmented>0</segmented>{''.join(objects)}</annotation>",
    )


def read(folder, **options):
    """Read a folder with the reader that recognizes it; return its name and the listing."""
    source = source_of(folder, **options)
    return source.format, read_source(source)


def boxes(listing):
    """File, region, label and split of each record."""
    return [(one.file, one.region, one.label, one.split) for one in listing.records]


def notes_about(listing, text):
    return [note for note in listing.notes if text in note]
