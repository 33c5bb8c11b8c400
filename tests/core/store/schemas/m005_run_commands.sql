BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'second_look','m001_audit','2026-11-24 09:00:00.000+00:00');
INSERT INTO "_sqlite_migrations" VALUES(2,'second_look','m002_contents','2026-11-24 09:00:01.000+00:00');
INSERT INTO "_sqlite_migrations" VALUES(3,'second_look','m003_findings','2026-11-24 09:00:02.000+00:00');
INSERT INTO "_sqlite_migrations" VALUES(4,'second_look','m004_streams','2026-11-24 09:00:03.000+00:00');
INSERT INTO "_sqlite_migrations" VALUES(5,'second_look','m005_run_commands','2026-11-24 09:00:04.000+00:00');
CREATE TABLE "artifacts" (
   "name" TEXT PRIMARY KEY,
   "fingerprint" TEXT,
   "made" TEXT
);
INSERT INTO "artifacts" VALUES('evidence','0123456789abcdef','2026-11-24T09:00:25.000+00:00');
CREATE TABLE "auditors" (
   "id" INTEGER PRIMARY KEY,
   "name" TEXT NOT NULL,
   "since" TEXT
);
INSERT INTO "auditors" VALUES(1,'Ana','2026-11-24T09:00:06.000+00:00');
INSERT INTO "auditors" VALUES(2,'Ben','2026-11-24T09:00:16.000+00:00');
CREATE TABLE "classes" (
   "id" INTEGER PRIMARY KEY,
   "name" TEXT NOT NULL
);
INSERT INTO "classes" VALUES(1,'cat');
INSERT INTO "classes" VALUES(2,'dog');
INSERT INTO "classes" VALUES(3,'emu');
INSERT INTO "classes" VALUES(4,'ant');
CREATE TABLE "findings" (
   "kind" TEXT,
   "position" INTEGER,
   "group_id" TEXT NOT NULL REFERENCES "items"("id"),
   "item_id" TEXT NOT NULL REFERENCES "items"("id"),
   "score" REAL NOT NULL,
   "exact" INTEGER,
   "split" TEXT,
   PRIMARY KEY ("kind", "position")
);
INSERT INTO "findings" VALUES('duplicates',0,'14c7dafe9ec2b83f','14c7dafe9ec2b83f',1.0,1,'train');
INSERT INTO "findings" VALUES('duplicates',1,'14c7dafe9ec2b83f','72b28732cca95c57',1.0,1,'train');
INSERT INTO "findings" VALUES('conflicts',0,'14c7dafe9ec2b83f','14c7dafe9ec2b83f',1.0,1,'train');
INSERT INTO "findings" VALUES('conflicts',1,'14c7dafe9ec2b83f','72b28732cca95c57',1.0,1,'train');
INSERT INTO "findings" VALUES('outliers',0,'7991611237fbe3b5','7991611237fbe3b5',0.8,NULL,NULL);
CREATE TABLE "items" (
   "id" TEXT PRIMARY KEY,
   "path" TEXT NOT NULL,
   "row" INTEGER NOT NULL,
   "listed" INTEGER NOT NULL DEFAULT 1,
   "size" INTEGER,
   "mtime_ns" INTEGER,
   "content_hash" TEXT,
   "embedded_hash" TEXT,
   "format" TEXT,
   "width" INTEGER,
   "height" INTEGER
, note text);
INSERT INTO "items" VALUES('0d08f4cbcb3414e2','01.jpg',0,1,1001,1700000000000000001,'0100000000000000','0100000000000000','JPEG',640,480,NULL);
INSERT INTO "items" VALUES('498fa01b7443185f','02.jpg',1,1,1002,1700000000000000002,'0200000000000000','0200000000000000','JPEG',640,480,NULL);
INSERT INTO "items" VALUES('10f54ac5d2033296','03.jpg',2,1,1003,1700000000000000003,'0300000000000000','0300000000000000','JPEG',640,480,NULL);
INSERT INTO "items" VALUES('9e3d15d355af42fb','04.jpg',3,1,1004,1700000000000000004,'0400000000000000','0400000000000000','JPEG',640,480,NULL);
INSERT INTO "items" VALUES('a48010d14ccd1616','05.jpg',4,1,1005,1700000000000000005,'0500000000000000','0500000000000000','JPEG',640,480,NULL);
INSERT INTO "items" VALUES('4f6b9dc62753cc50','06.jpg',5,1,1006,1700000000000000006,'0600000000000000','0600000000000000','JPEG',640,480,NULL);
INSERT INTO "items" VALUES('14c7dafe9ec2b83f','07.jpg',6,1,1007,1700000000000000007,'0700000000000000','0700000000000000','JPEG',640,480,NULL);
INSERT INTO "items" VALUES('62c7ae6b6f659047','08.jpg',7,1,1008,1700000000000000008,'08c0000000000000','08c0000000000000','JPEG',640,480,NULL);
INSERT INTO "items" VALUES('fa6df36edfc47c9c','09.jpg',8,1,1009,1700000000000000009,'0900000000000000','0900000000000000','JPEG',640,480,NULL);
INSERT INTO "items" VALUES('872475916affd018','10.jpg',9,1,1010,1700000000000000010,'1000000000000000','1000000000000000','JPEG',640,480,NULL);
INSERT INTO "items" VALUES('1298416e623f5891','11.jpg',10,1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "items" VALUES('12b9395fbacb7e08','12.jpg',11,0,1012,1700000000000000012,'1200000000000000','1200000000000000','JPEG',640,480,NULL);
INSERT INTO "items" VALUES('3dd19a945635a4f6','15.jpg',12,1,1015,1700000000000000015,'1500000000000000','1500000000000000','JPEG',640,480,NULL);
INSERT INTO "items" VALUES('bf5648a908f9d0dd','16.jpg',13,1,1016,1700000000000000016,'1600000000000000','1600000000000000','JPEG',640,480,NULL);
INSERT INTO "items" VALUES('72b28732cca95c57','17.jpg',14,1,1017,1700000000000000017,'0700000000000000','0700000000000000','JPEG',640,480,NULL);
INSERT INTO "items" VALUES('7991611237fbe3b5','18.jpg',15,1,1018,1700000000000000018,'1800000000000000','1800000000000000','JPEG',640,480,NULL);
INSERT INTO "items" VALUES('84a67604e0998110','13.jpg',16,1,1013,1700000000000000013,'1200000000000000','1200000000000000','JPEG',640,480,NULL);
INSERT INTO "items" VALUES('fa6befe5105c952f','14.jpg',17,1,1014,1700000000000000014,'1400000000000000','1400000000000000','JPEG',640,480,NULL);
CREATE TABLE "labels" (
   "item_id" TEXT PRIMARY KEY REFERENCES "items"("id"),
   "class_id" INTEGER REFERENCES "classes"("id"),
   "position" INTEGER,
   "fields" TEXT
);
INSERT INTO "labels" VALUES('0d08f4cbcb3414e2',1,0,'{"path": "01.jpg", "label": "cat", "subset": "Train\t", "camera": "Pixel 7"}');
INSERT INTO "labels" VALUES('498fa01b7443185f',1,1,'{"path": "02.jpg", "label": "cat", "subset": "train", "camera": ""}');
INSERT INTO "labels" VALUES('10f54ac5d2033296',1,2,'{"path": "03.jpg", "label": "cat", "subset": "TRAIN ", "camera": "Nikon D90"}');
INSERT INTO "labels" VALUES('9e3d15d355af42fb',2,3,'{"path": "04.jpg", "label": "dog", "subset": "\u00c9VAL", "camera": "Pixel 7"}');
INSERT INTO "labels" VALUES('a48010d14ccd1616',2,4,'{"path": "05.jpg", "label": "dog", "subset": "\u00e9val", "camera": ""}');
INSERT INTO "labels" VALUES('4f6b9dc62753cc50',2,5,'{"path": "06.jpg", "label": "dog", "subset": "E\u0301val", "camera": "Nikon D90"}');
INSERT INTO "labels" VALUES('14c7dafe9ec2b83f',3,6,'{"path": "07.jpg", "label": "emu", "subset": "", "camera": "Pixel 7"}');
INSERT INTO "labels" VALUES('62c7ae6b6f659047',3,7,'{"path": "08.jpg", "label": "emu", "subset": "train", "camera": ""}');
INSERT INTO "labels" VALUES('fa6df36edfc47c9c',3,8,'{"path": "09.jpg", "label": "emu", "subset": "train", "camera": "Nikon D90"}');
INSERT INTO "labels" VALUES('872475916affd018',NULL,9,'{"path": "10.jpg", "label": "", "subset": "train", "camera": "Pixel 7"}');
INSERT INTO "labels" VALUES('1298416e623f5891',1,10,'{"path": "11.jpg", "label": "cat", "subset": "train", "camera": ""}');
INSERT INTO "labels" VALUES('3dd19a945635a4f6',3,13,'{"path": "15.jpg", "label": "emu", "subset": "train", "camera": "Nikon D90"}');
INSERT INTO "labels" VALUES('bf5648a908f9d0dd',1,14,'{"path": "16.jpg", "label": "cat", "subset": "train", "camera": "Pixel 7"}');
INSERT INTO "labels" VALUES('72b28732cca95c57',2,15,'{"path": "17.jpg", "label": "dog", "subset": "train", "camera": ""}');
INSERT INTO "labels" VALUES('7991611237fbe3b5',3,16,'{"path": "18.jpg", "label": "emu", "subset": "train", "camera": "Nikon D90"}');
INSERT INTO "labels" VALUES('84a67604e0998110',2,11,'{"path": "13.jpg", "label": "dog", "subset": "train", "camera": "Pixel 7"}');
INSERT INTO "labels" VALUES('fa6befe5105c952f',4,12,'{"path": "14.jpg", "label": "ant", "subset": "train", "camera": ""}');
CREATE TABLE "passed" (
   "auditor_id" INTEGER REFERENCES "auditors"("id"),
   "item_id" TEXT REFERENCES "items"("id"),
   PRIMARY KEY ("auditor_id", "item_id")
);
INSERT INTO "passed" VALUES(1,'7991611237fbe3b5');
CREATE TABLE "places" (
   "auditor_id" INTEGER REFERENCES "auditors"("id"),
   "queue" TEXT,
   "item_id" TEXT REFERENCES "items"("id"),
   PRIMARY KEY ("auditor_id", "queue")
);
INSERT INTO "places" VALUES(1,'queue','872475916affd018');
CREATE TABLE "quarantine" (
   "item_id" TEXT PRIMARY KEY REFERENCES "items"("id"),
   "reason" TEXT NOT NULL,
   "since" TEXT
);
INSERT INTO "quarantine" VALUES('1298416e623f5891','not an image','2026-11-24T09:00:05.000+00:00');
CREATE TABLE "runs" (
   "id" INTEGER PRIMARY KEY,
   "pid" INTEGER,
   "state" TEXT,
   "message" TEXT,
   "started" TEXT,
   "finished" TEXT
, command text not null default 'audit');
INSERT INTO "runs" VALUES(1,4711,'done',NULL,'2026-11-24T09:00:21.000+00:00','2026-11-24T09:00:22.000+00:00','bakeoff');
INSERT INTO "runs" VALUES(2,4712,'done',NULL,'2026-11-24T09:00:23.000+00:00','2026-11-24T09:00:24.000+00:00','audit');
CREATE TABLE "scores" (
   "item_id" TEXT PRIMARY KEY REFERENCES "items"("id"),
   "suspicion" REAL,
   "p_given" REAL,
   "suggested_id" INTEGER REFERENCES "classes"("id"),
   "p_suggested" REAL
, priority real);
INSERT INTO "scores" VALUES('0d08f4cbcb3414e2',0.29,0.7,2,0.2,NULL);
INSERT INTO "scores" VALUES('498fa01b7443185f',0.85,0.2,2,0.6,NULL);
INSERT INTO "scores" VALUES('10f54ac5d2033296',0.27,0.7,2,0.2,NULL);
INSERT INTO "scores" VALUES('9e3d15d355af42fb',0.8,0.2,3,0.6,NULL);
INSERT INTO "scores" VALUES('a48010d14ccd1616',0.25,0.7,3,0.2,NULL);
INSERT INTO "scores" VALUES('4f6b9dc62753cc50',0.75,0.2,3,0.6,NULL);
INSERT INTO "scores" VALUES('14c7dafe9ec2b83f',0.23,0.7,1,0.2,NULL);
INSERT INTO "scores" VALUES('62c7ae6b6f659047',0.7,0.2,1,0.6,NULL);
INSERT INTO "scores" VALUES('fa6df36edfc47c9c',0.21,0.7,1,0.2,NULL);
INSERT INTO "scores" VALUES('84a67604e0998110',0.17,0.7,3,0.2,NULL);
INSERT INTO "scores" VALUES('fa6befe5105c952f',0.55,0.2,2,0.6,NULL);
INSERT INTO "scores" VALUES('3dd19a945635a4f6',0.15,0.7,1,0.2,NULL);
INSERT INTO "scores" VALUES('bf5648a908f9d0dd',0.5,0.2,2,0.6,NULL);
INSERT INTO "scores" VALUES('72b28732cca95c57',0.13,0.7,3,0.2,NULL);
INSERT INTO "scores" VALUES('7991611237fbe3b5',0.45,0.2,1,0.6,NULL);
CREATE TABLE "selection_items" (
   "selection_id" TEXT REFERENCES "selections"("id"),
   "item_id" TEXT REFERENCES "items"("id"),
   PRIMARY KEY ("selection_id", "item_id")
);
CREATE TABLE "selections" (
   "id" TEXT PRIMARY KEY,
   "title" TEXT,
   "made" TEXT
);
CREATE TABLE "settings" (
   "key" TEXT PRIMARY KEY,
   "value" TEXT
);
INSERT INTO "settings" VALUES('id','"000000000005"');
INSERT INTO "settings" VALUES('source','"/data/pictures"');
INSERT INTO "settings" VALUES('labels_file','"/data/labels.csv"');
INSERT INTO "settings" VALUES('columns','["path", "label", "subset", "camera"]');
CREATE TABLE "steps" (
   "run_id" INTEGER REFERENCES "runs"("id"),
   "name" TEXT,
   "position" INTEGER,
   "state" TEXT,
   "done" INTEGER,
   "total" INTEGER,
   "rate" REAL,
   "seconds_left" REAL,
   "seconds" REAL,
   PRIMARY KEY ("run_id", "name")
);
INSERT INTO "steps" VALUES(1,'list',0,'waiting',0,0,NULL,NULL,NULL);
INSERT INTO "steps" VALUES(1,'embed',1,'waiting',0,0,NULL,NULL,NULL);
INSERT INTO "steps" VALUES(2,'list',0,'waiting',0,0,NULL,NULL,NULL);
INSERT INTO "steps" VALUES(2,'embed',1,'waiting',0,0,NULL,NULL,NULL);
CREATE TABLE "verdict_classes" (
   "verdict_id" INTEGER REFERENCES "verdicts"("id"),
   "position" INTEGER,
   "class_id" INTEGER REFERENCES "classes"("id"),
   PRIMARY KEY ("verdict_id", "position")
);
INSERT INTO "verdict_classes" VALUES(2,0,2);
INSERT INTO "verdict_classes" VALUES(3,0,3);
INSERT INTO "verdict_classes" VALUES(3,1,1);
INSERT INTO "verdict_classes" VALUES(7,0,1);
INSERT INTO "verdict_classes" VALUES(10,0,1);
INSERT INTO "verdict_classes" VALUES(12,0,1);
INSERT INTO "verdict_classes" VALUES(13,0,3);
INSERT INTO "verdict_classes" VALUES(14,0,2);
INSERT INTO "verdict_classes" VALUES(15,0,4);
INSERT INTO "verdict_classes" VALUES(15,1,2);
INSERT INTO "verdict_classes" VALUES(16,0,3);
CREATE TABLE "verdicts" (
   "id" INTEGER PRIMARY KEY,
   "item_id" TEXT NOT NULL REFERENCES "items"("id"),
   "auditor_id" INTEGER NOT NULL REFERENCES "auditors"("id"),
   "given_id" INTEGER REFERENCES "classes"("id"),
   "verdict" TEXT NOT NULL,
   "undoes" INTEGER REFERENCES "verdicts"("id"),
   "content_hash" TEXT,
   "stream" TEXT NOT NULL,
   "session" TEXT NOT NULL,
   "seq" INTEGER NOT NULL,
   "at" TEXT NOT NULL
, carried_from integer references verdicts(id));
INSERT INTO "verdicts" VALUES(1,'0d08f4cbcb3414e2',1,1,'keep',NULL,'0100000000000000','queue','session of Ana',1,'2026-11-24T09:00:06.000+00:00',NULL);
INSERT INTO "verdicts" VALUES(2,'498fa01b7443185f',1,1,'relabel',NULL,'0200000000000000','queue','session of Ana',2,'2026-11-24T09:00:07.000+00:00',NULL);
INSERT INTO "verdicts" VALUES(3,'10f54ac5d2033296',1,1,'ambiguous',NULL,'0300000000000000','queue','session of Ana',3,'2026-11-24T09:00:08.000+00:00',NULL);
INSERT INTO "verdicts" VALUES(4,'9e3d15d355af42fb',1,2,'none',NULL,'0400000000000000','queue','session of Ana',4,'2026-11-24T09:00:09.000+00:00',NULL);
INSERT INTO "verdicts" VALUES(5,'a48010d14ccd1616',1,2,'bad image',NULL,'0500000000000000','queue','session of Ana',5,'2026-11-24T09:00:10.000+00:00',NULL);
INSERT INTO "verdicts" VALUES(6,'4f6b9dc62753cc50',1,2,'unsure',NULL,'0600000000000000','queue','session of Ana',6,'2026-11-24T09:00:11.000+00:00',NULL);
INSERT INTO "verdicts" VALUES(7,'14c7dafe9ec2b83f',1,3,'relabel',NULL,'0700000000000000','queue','session of Ana',7,'2026-11-24T09:00:12.000+00:00',NULL);
INSERT INTO "verdicts" VALUES(8,'14c7dafe9ec2b83f',1,NULL,'undo',7,NULL,'queue','session of Ana',8,'2026-11-24T09:00:13.000+00:00',NULL);
INSERT INTO "verdicts" VALUES(9,'62c7ae6b6f659047',1,3,'keep',NULL,'0800000000000000','queue','session of Ana',9,'2026-11-24T09:00:14.000+00:00',NULL);
INSERT INTO "verdicts" VALUES(10,'fa6df36edfc47c9c',1,3,'relabel',NULL,'0900000000000000','queue','session of Ana',10,'2026-11-24T09:00:15.000+00:00',NULL);
INSERT INTO "verdicts" VALUES(11,'fa6df36edfc47c9c',2,3,'keep',NULL,'0900000000000000','queue','session of Ben',1,'2026-11-24T09:00:16.000+00:00',NULL);
INSERT INTO "verdicts" VALUES(12,'872475916affd018',1,NULL,'relabel',NULL,'1000000000000000','queue','session of Ana',11,'2026-11-24T09:00:17.000+00:00',NULL);
INSERT INTO "verdicts" VALUES(13,'12b9395fbacb7e08',1,2,'relabel',NULL,'1200000000000000','queue','session of Ana',12,'2026-11-24T09:00:18.000+00:00',NULL);
INSERT INTO "verdicts" VALUES(14,'3dd19a945635a4f6',2,3,'relabel',NULL,'1500000000000000','check','session of Ben',2,'2026-11-24T09:00:19.000+00:00',NULL);
INSERT INTO "verdicts" VALUES(15,'fa6befe5105c952f',2,4,'ambiguous',NULL,'1400000000000000','queue','session of Ben',3,'2026-11-24T09:00:20.000+00:00',NULL);
INSERT INTO "verdicts" VALUES(16,'84a67604e0998110',1,2,'relabel',NULL,'1200000000000000','queue','moved to 84a67604e0998110',0,'2026-11-24T09:00:18.000+00:00',13);
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE UNIQUE INDEX "idx_classes_name"
    ON "classes" ("name");
CREATE UNIQUE INDEX "idx_items_path"
    ON "items" ("path");
CREATE UNIQUE INDEX "idx_items_row"
    ON "items" ("row");
CREATE INDEX "idx_labels_class_id"
    ON "labels" ("class_id");
CREATE INDEX "idx_scores_suspicion"
    ON "scores" ("suspicion");
CREATE UNIQUE INDEX "idx_auditors_name"
    ON "auditors" ("name");
CREATE UNIQUE INDEX "idx_verdicts_session_seq"
    ON "verdicts" ("session", "seq");
CREATE INDEX "idx_verdicts_item_id"
    ON "verdicts" ("item_id");
CREATE UNIQUE INDEX "idx_verdicts_undoes"
    ON "verdicts" ("undoes");
CREATE TRIGGER verdicts_no_update before update on verdicts
begin select raise(abort, 'verdicts are append-only'); end;
CREATE TRIGGER verdicts_no_delete before delete on verdicts
begin select raise(abort, 'verdicts are append-only'); end;
CREATE INDEX idx_items_content_hash on items (content_hash);
CREATE VIEW "standing_verdicts" AS 
select v.* from verdicts v join items on items.id = v.item_id
where v.verdict != 'undo'
  and not exists (select 1 from verdicts u where u.undoes = v.id)
  and (v.content_hash is null or v.content_hash = items.content_hash);
CREATE VIEW "current_verdicts" AS 
select v.* from standing_verdicts v
where not exists (
  select 1 from standing_verdicts later where later.item_id = v.item_id and later.id > v.id
);
CREATE VIEW "outdated_verdicts" AS 
select v.* from verdicts v
where v.verdict != 'undo'
  and not exists (select 1 from verdicts u where u.undoes = v.id)
  and not exists (select 1 from standing_verdicts where item_id = v.item_id)
  and not exists (
    select 1 from verdicts later
    where later.item_id = v.item_id and later.id > v.id and later.verdict != 'undo'
      and not exists (select 1 from verdicts u where u.undoes = later.id)
  );
CREATE UNIQUE INDEX "idx_findings_kind_item_id"
    ON "findings" ("kind", "item_id");
CREATE INDEX "idx_findings_kind_group_id"
    ON "findings" ("kind", "group_id");
CREATE VIEW "current_by_stream" AS 
select v.* from standing_verdicts v
where not exists (
  select 1 from standing_verdicts later
  where later.item_id = v.item_id and later.stream = v.stream and later.id > v.id
);
CREATE INDEX idx_verdicts_stream on verdicts (stream, item_id);
CREATE VIEW "ranked" AS 
select items.id, path, given.name as given, suggested.name as suggested,
  suspicion, coalesce(priority, suspicion) as priority, p_given, p_suggested
from scores join items on items.id = scores.item_id
join labels on labels.item_id = items.id
join classes given on given.id = labels.class_id
left join classes suggested on suggested.id = suggested_id
where listed;
COMMIT;
