BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'second_look','m001_audit','2026-11-24 09:00:00.000+00:00');
INSERT INTO "_sqlite_migrations" VALUES(2,'second_look','m002_contents','2026-11-24 09:00:01.000+00:00');
CREATE TABLE "artifacts" (
   "name" TEXT PRIMARY KEY,
   "fingerprint" TEXT,
   "made" TEXT
);
INSERT INTO "artifacts" VALUES('evidence','0123456789abcdef','2026-11-24T09:00:21.000+00:00');
CREATE TABLE "auditors" (
   "id" INTEGER PRIMARY KEY,
   "name" TEXT NOT NULL,
   "since" TEXT
);
INSERT INTO "auditors" VALUES(1,'Ana','2026-11-24T09:00:03.000+00:00');
INSERT INTO "auditors" VALUES(2,'Ben','2026-11-24T09:00:13.000+00:00');
CREATE TABLE "classes" (
   "id" INTEGER PRIMARY KEY,
   "name" TEXT NOT NULL
);
INSERT INTO "classes" VALUES(1,'cat');
INSERT INTO "classes" VALUES(2,'dog');
INSERT INTO "classes" VALUES(3,'emu');
INSERT INTO "classes" VALUES(4,'ant');
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
INSERT INTO "items" VALUES('0330543476ff1feb','test/cat/03.jpg',0,1,1003,1700000000000000003,'0300000000000000','0300000000000000','JPEG',640,480,NULL);
INSERT INTO "items" VALUES('3ee2185bee232a30','test/dog/06.jpg',1,1,1006,1700000000000000006,'0600000000000000','0600000000000000','JPEG',640,480,NULL);
INSERT INTO "items" VALUES('0864659872fa80c0','test/dog/12.jpg',2,0,1012,1700000000000000012,'1200000000000000','1200000000000000','JPEG',640,480,NULL);
INSERT INTO "items" VALUES('664d4b3c56333dd7','test/emu/09.jpg',3,1,1009,1700000000000000009,'0900000000000000','0900000000000000','JPEG',640,480,NULL);
INSERT INTO "items" VALUES('2493836a1c6151f4','test/emu/15.jpg',4,1,1015,1700000000000000015,'1500000000000000','1500000000000000','JPEG',640,480,NULL);
INSERT INTO "items" VALUES('2a02d34f7d73416d','test/emu/18.jpg',5,1,1018,1700000000000000018,'1800000000000000','1800000000000000','JPEG',640,480,NULL);
INSERT INTO "items" VALUES('18dcfae8df68445d','train/cat/01.jpg',6,1,1001,1700000000000000001,'0100000000000000','0100000000000000','JPEG',640,480,NULL);
INSERT INTO "items" VALUES('3c8c127e4e02270f','train/cat/02.jpg',7,1,1002,1700000000000000002,'0200000000000000','0200000000000000','JPEG',640,480,NULL);
INSERT INTO "items" VALUES('3fdee9f335afc6f5','train/cat/11.jpg',8,1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "items" VALUES('9cd378da8fe6ce84','train/cat/16.jpg',9,1,1016,1700000000000000016,'1600000000000000','1600000000000000','JPEG',640,480,NULL);
INSERT INTO "items" VALUES('529ab185fe07325f','train/dog/04.jpg',10,1,1004,1700000000000000004,'0400000000000000','0400000000000000','JPEG',640,480,NULL);
INSERT INTO "items" VALUES('11f123345aa2aa7d','train/dog/05.jpg',11,1,1005,1700000000000000005,'0500000000000000','0500000000000000','JPEG',640,480,NULL);
INSERT INTO "items" VALUES('2e846be2ef064af9','train/dog/17.jpg',12,1,1017,1700000000000000017,'0700000000000000','0700000000000000','JPEG',640,480,NULL);
INSERT INTO "items" VALUES('2bc9336a08d359d7','train/emu/07.jpg',13,1,1007,1700000000000000007,'0700000000000000','0700000000000000','JPEG',640,480,NULL);
INSERT INTO "items" VALUES('09bd39d9d0e59e9c','train/emu/08.jpg',14,1,1008,1700000000000000008,'08c0000000000000','08c0000000000000','JPEG',640,480,NULL);
INSERT INTO "items" VALUES('b04fd3f35f654897','train/unlabeled/10.jpg',15,1,1010,1700000000000000010,'1000000000000000','1000000000000000','JPEG',640,480,NULL);
INSERT INTO "items" VALUES('969b93ef77c2ba2a','train/ant/14.jpg',16,1,1014,1700000000000000014,'1400000000000000','1400000000000000','JPEG',640,480,NULL);
INSERT INTO "items" VALUES('9e90280590fa66df','train/dog/13.jpg',17,1,1013,1700000000000000013,'1200000000000000','1200000000000000','JPEG',640,480,NULL);
CREATE TABLE "labels" (
   "item_id" TEXT PRIMARY KEY REFERENCES "items"("id"),
   "class_id" INTEGER REFERENCES "classes"("id"),
   "position" INTEGER,
   "fields" TEXT
);
INSERT INTO "labels" VALUES('18dcfae8df68445d',1,0,'{"path": "train/cat/01.jpg", "label": "cat"}');
INSERT INTO "labels" VALUES('3c8c127e4e02270f',1,1,'{"path": "train/cat/02.jpg", "label": "cat"}');
INSERT INTO "labels" VALUES('0330543476ff1feb',1,2,'{"path": "test/cat/03.jpg", "label": "cat"}');
INSERT INTO "labels" VALUES('529ab185fe07325f',2,3,'{"path": "train/dog/04.jpg", "label": "dog"}');
INSERT INTO "labels" VALUES('11f123345aa2aa7d',2,4,'{"path": "train/dog/05.jpg", "label": "dog"}');
INSERT INTO "labels" VALUES('3ee2185bee232a30',2,5,'{"path": "test/dog/06.jpg", "label": "dog"}');
INSERT INTO "labels" VALUES('2bc9336a08d359d7',3,6,'{"path": "train/emu/07.jpg", "label": "emu"}');
INSERT INTO "labels" VALUES('09bd39d9d0e59e9c',3,7,'{"path": "train/emu/08.jpg", "label": "emu"}');
INSERT INTO "labels" VALUES('664d4b3c56333dd7',3,8,'{"path": "test/emu/09.jpg", "label": "emu"}');
INSERT INTO "labels" VALUES('b04fd3f35f654897',NULL,9,'{"path": "train/unlabeled/10.jpg", "label": ""}');
INSERT INTO "labels" VALUES('3fdee9f335afc6f5',1,10,'{"path": "train/cat/11.jpg", "label": "cat"}');
INSERT INTO "labels" VALUES('2493836a1c6151f4',3,13,'{"path": "test/emu/15.jpg", "label": "emu"}');
INSERT INTO "labels" VALUES('9cd378da8fe6ce84',1,14,'{"path": "train/cat/16.jpg", "label": "cat"}');
INSERT INTO "labels" VALUES('2e846be2ef064af9',2,15,'{"path": "train/dog/17.jpg", "label": "dog"}');
INSERT INTO "labels" VALUES('2a02d34f7d73416d',3,16,'{"path": "test/emu/18.jpg", "label": "emu"}');
INSERT INTO "labels" VALUES('9e90280590fa66df',2,11,'{"path": "train/dog/13.jpg", "label": "dog"}');
INSERT INTO "labels" VALUES('969b93ef77c2ba2a',4,12,'{"path": "train/ant/14.jpg", "label": "ant"}');
CREATE TABLE "places" (
   "auditor_id" INTEGER REFERENCES "auditors"("id"),
   "queue" TEXT,
   "item_id" TEXT REFERENCES "items"("id"),
   PRIMARY KEY ("auditor_id", "queue")
);
INSERT INTO "places" VALUES(1,'queue','b04fd3f35f654897');
CREATE TABLE "quarantine" (
   "item_id" TEXT PRIMARY KEY REFERENCES "items"("id"),
   "reason" TEXT NOT NULL,
   "since" TEXT
);
INSERT INTO "quarantine" VALUES('3fdee9f335afc6f5','not an image','2026-11-24T09:00:02.000+00:00');
CREATE TABLE "runs" (
   "id" INTEGER PRIMARY KEY,
   "pid" INTEGER,
   "state" TEXT,
   "message" TEXT,
   "started" TEXT,
   "finished" TEXT
);
INSERT INTO "runs" VALUES(1,4711,'done',NULL,'2026-11-24T09:00:19.000+00:00','2026-11-24T09:00:20.000+00:00');
CREATE TABLE "scores" (
   "item_id" TEXT PRIMARY KEY REFERENCES "items"("id"),
   "suspicion" REAL,
   "p_given" REAL,
   "suggested_id" INTEGER REFERENCES "classes"("id"),
   "p_suggested" REAL
);
INSERT INTO "scores" VALUES('18dcfae8df68445d',0.29,0.7,2,0.2);
INSERT INTO "scores" VALUES('3c8c127e4e02270f',0.85,0.2,2,0.6);
INSERT INTO "scores" VALUES('0330543476ff1feb',0.27,0.7,2,0.2);
INSERT INTO "scores" VALUES('529ab185fe07325f',0.8,0.2,3,0.6);
INSERT INTO "scores" VALUES('11f123345aa2aa7d',0.25,0.7,3,0.2);
INSERT INTO "scores" VALUES('3ee2185bee232a30',0.75,0.2,3,0.6);
INSERT INTO "scores" VALUES('2bc9336a08d359d7',0.23,0.7,1,0.2);
INSERT INTO "scores" VALUES('09bd39d9d0e59e9c',0.7,0.2,1,0.6);
INSERT INTO "scores" VALUES('664d4b3c56333dd7',0.21,0.7,1,0.2);
INSERT INTO "scores" VALUES('9e90280590fa66df',0.17,0.7,3,0.2);
INSERT INTO "scores" VALUES('969b93ef77c2ba2a',0.55,0.2,2,0.6);
INSERT INTO "scores" VALUES('2493836a1c6151f4',0.15,0.7,1,0.2);
INSERT INTO "scores" VALUES('9cd378da8fe6ce84',0.5,0.2,2,0.6);
INSERT INTO "scores" VALUES('2e846be2ef064af9',0.13,0.7,3,0.2);
INSERT INTO "scores" VALUES('2a02d34f7d73416d',0.45,0.2,1,0.6);
CREATE TABLE "selection_items" (
   "selection_id" TEXT REFERENCES "selections"("id"),
   "item_id" TEXT REFERENCES "items"("id"),
   PRIMARY KEY ("selection_id", "item_id")
);
INSERT INTO "selection_items" VALUES('s1','18dcfae8df68445d');
INSERT INTO "selection_items" VALUES('s1','3c8c127e4e02270f');
CREATE TABLE "selections" (
   "id" TEXT PRIMARY KEY,
   "title" TEXT,
   "made" TEXT
);
INSERT INTO "selections" VALUES('s1','Two of them','2026-11-24T09:00:16.000+00:00');
CREATE TABLE "settings" (
   "key" TEXT PRIMARY KEY,
   "value" TEXT
);
INSERT INTO "settings" VALUES('id','"000000000002"');
INSERT INTO "settings" VALUES('source','"/data/pictures"');
INSERT INTO "settings" VALUES('labels_file','null');
INSERT INTO "settings" VALUES('columns','["path", "label"]');
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
INSERT INTO "verdicts" VALUES(1,'18dcfae8df68445d',1,1,'keep',NULL,'0100000000000000','queue','session of Ana',1,'2026-11-24T09:00:03.000+00:00',NULL);
INSERT INTO "verdicts" VALUES(2,'3c8c127e4e02270f',1,1,'relabel',NULL,'0200000000000000','queue','session of Ana',2,'2026-11-24T09:00:04.000+00:00',NULL);
INSERT INTO "verdicts" VALUES(3,'0330543476ff1feb',1,1,'ambiguous',NULL,'0300000000000000','queue','session of Ana',3,'2026-11-24T09:00:05.000+00:00',NULL);
INSERT INTO "verdicts" VALUES(4,'529ab185fe07325f',1,2,'none',NULL,'0400000000000000','queue','session of Ana',4,'2026-11-24T09:00:06.000+00:00',NULL);
INSERT INTO "verdicts" VALUES(5,'11f123345aa2aa7d',1,2,'bad image',NULL,'0500000000000000','queue','session of Ana',5,'2026-11-24T09:00:07.000+00:00',NULL);
INSERT INTO "verdicts" VALUES(6,'3ee2185bee232a30',1,2,'unsure',NULL,'0600000000000000','queue','session of Ana',6,'2026-11-24T09:00:08.000+00:00',NULL);
INSERT INTO "verdicts" VALUES(7,'2bc9336a08d359d7',1,3,'relabel',NULL,'0700000000000000','queue','session of Ana',7,'2026-11-24T09:00:09.000+00:00',NULL);
INSERT INTO "verdicts" VALUES(8,'2bc9336a08d359d7',1,NULL,'undo',7,NULL,'queue','session of Ana',8,'2026-11-24T09:00:10.000+00:00',NULL);
INSERT INTO "verdicts" VALUES(9,'09bd39d9d0e59e9c',1,3,'keep',NULL,'0800000000000000','queue','session of Ana',9,'2026-11-24T09:00:11.000+00:00',NULL);
INSERT INTO "verdicts" VALUES(10,'664d4b3c56333dd7',1,3,'relabel',NULL,'0900000000000000','queue','session of Ana',10,'2026-11-24T09:00:12.000+00:00',NULL);
INSERT INTO "verdicts" VALUES(11,'664d4b3c56333dd7',2,3,'keep',NULL,'0900000000000000','queue','session of Ben',1,'2026-11-24T09:00:13.000+00:00',NULL);
INSERT INTO "verdicts" VALUES(12,'b04fd3f35f654897',1,NULL,'relabel',NULL,'1000000000000000','queue','session of Ana',11,'2026-11-24T09:00:14.000+00:00',NULL);
INSERT INTO "verdicts" VALUES(13,'0864659872fa80c0',1,2,'relabel',NULL,'1200000000000000','queue','session of Ana',12,'2026-11-24T09:00:15.000+00:00',NULL);
INSERT INTO "verdicts" VALUES(14,'2493836a1c6151f4',2,3,'relabel',NULL,'1500000000000000','queue','session of Ben',2,'2026-11-24T09:00:17.000+00:00',NULL);
INSERT INTO "verdicts" VALUES(15,'969b93ef77c2ba2a',2,4,'ambiguous',NULL,'1400000000000000','queue','session of Ben',3,'2026-11-24T09:00:18.000+00:00',NULL);
INSERT INTO "verdicts" VALUES(16,'9e90280590fa66df',1,2,'relabel',NULL,'1200000000000000','queue','moved to 9e90280590fa66df',0,'2026-11-24T09:00:15.000+00:00',13);
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
CREATE VIEW "ranked" AS 
select items.id, path, given.name as given, suggested.name as suggested,
  suspicion, p_given, p_suggested
from scores join items on items.id = scores.item_id
join labels on labels.item_id = items.id
join classes given on given.id = labels.class_id
left join classes suggested on suggested.id = suggested_id
where listed;
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
  and v.item_id not in (select item_id from current_verdicts)
  and not exists (
    select 1 from verdicts later
    where later.item_id = v.item_id and later.id > v.id and later.verdict != 'undo'
      and not exists (select 1 from verdicts u where u.undoes = later.id)
  );
COMMIT;
