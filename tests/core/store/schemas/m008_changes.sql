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
INSERT INTO "_sqlite_migrations" VALUES(6,'second_look','m006_people','2026-11-24 09:00:05.000+00:00');
INSERT INTO "_sqlite_migrations" VALUES(7,'second_look','m007_browse','2026-11-24 09:00:06.000+00:00');
INSERT INTO "_sqlite_migrations" VALUES(8,'second_look','m008_changes','2026-11-24 09:00:07.000+00:00');
CREATE TABLE "artifacts" (
   "name" TEXT PRIMARY KEY,
   "fingerprint" TEXT,
   "made" TEXT
);
INSERT INTO "artifacts" VALUES('evidence','0123456789abcdef','2026-11-24T09:00:26.000+00:00');
CREATE TABLE "auditors" (
   "id" INTEGER PRIMARY KEY,
   "name" TEXT NOT NULL,
   "since" TEXT
);
INSERT INTO "auditors" VALUES(1,'Ana','2026-11-24T09:00:09.000+00:00');
INSERT INTO "auditors" VALUES(2,'Ben','2026-11-24T09:00:19.000+00:00');
INSERT INTO "auditors" VALUES(3,'Cleo','2026-11-24T09:00:28.000+00:00');
CREATE TABLE browse (row integer primary key, item_id text not null, path text not null, width integer, height integer, given text, suggested text, suspicion real, verdict_id integer, verdict text, auditor text, judged text);
INSERT INTO "browse" VALUES(0,'0330543476ff1feb','test/cat/03.jpg',640,480,'cat',NULL,0.27,19,'ambiguous','Ben','2026-11-24T09:00:29.000+00:00');
INSERT INTO "browse" VALUES(1,'3ee2185bee232a30','test/dog/06.jpg',640,480,'dog','emu',0.75,20,'relabel','Ben','2026-11-24T09:00:30.000+00:00');
INSERT INTO "browse" VALUES(3,'664d4b3c56333dd7','test/emu/09.jpg',640,480,'emu',NULL,0.21,11,'keep','Ben','2026-11-24T09:00:19.000+00:00');
INSERT INTO "browse" VALUES(4,'2493836a1c6151f4','test/emu/15.jpg',640,480,'emu',NULL,0.15,14,'relabel','Ben','2026-11-24T09:00:21.000+00:00');
INSERT INTO "browse" VALUES(5,'2a02d34f7d73416d','test/emu/18.jpg',640,480,'emu','cat',0.45,29,'relabel','Ana','2026-11-24T09:00:36.000+00:00');
INSERT INTO "browse" VALUES(6,'18dcfae8df68445d','train/cat/01.jpg',640,480,'cat',NULL,0.29,1,'keep','Ana','2026-11-24T09:00:09.000+00:00');
INSERT INTO "browse" VALUES(7,'3c8c127e4e02270f','train/cat/02.jpg',640,480,'cat','dog',0.85,18,'relabel','Cleo','2026-11-24T09:00:28.000+00:00');
INSERT INTO "browse" VALUES(8,'3fdee9f335afc6f5','train/cat/11.jpg',NULL,NULL,'cat',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "browse" VALUES(9,'9cd378da8fe6ce84','train/cat/16.jpg',640,480,'cat','dog',0.5,27,'relabel','Ana','2026-11-24T09:00:35.000+00:00');
INSERT INTO "browse" VALUES(10,'529ab185fe07325f','train/dog/04.jpg',640,480,'dog','emu',0.8,34,'keep','Cleo','2026-11-24T09:00:41.000+00:00');
INSERT INTO "browse" VALUES(11,'11f123345aa2aa7d','train/dog/05.jpg',640,480,'dog',NULL,0.25,5,'bad image','Ana','2026-11-24T09:00:13.000+00:00');
INSERT INTO "browse" VALUES(12,'2e846be2ef064af9','train/dog/17.jpg',640,480,'dog',NULL,0.13,28,'relabel','Ana','2026-11-24T09:00:36.000+00:00');
INSERT INTO "browse" VALUES(13,'2bc9336a08d359d7','train/emu/07.jpg',640,480,'emu',NULL,0.23,NULL,NULL,NULL,NULL);
INSERT INTO "browse" VALUES(14,'09bd39d9d0e59e9c','train/emu/08.jpg',640,480,'emu','cat',0.7,NULL,NULL,NULL,NULL);
INSERT INTO "browse" VALUES(15,'b04fd3f35f654897','train/unlabeled/10.jpg',640,480,NULL,NULL,NULL,12,'relabel','Ana','2026-11-24T09:00:19.000+00:00');
INSERT INTO "browse" VALUES(16,'969b93ef77c2ba2a','train/ant/14.jpg',640,480,'ant','dog',0.55,15,'ambiguous','Ben','2026-11-24T09:00:22.000+00:00');
INSERT INTO "browse" VALUES(17,'9e90280590fa66df','train/dog/13.jpg',640,480,'dog',NULL,0.17,16,'relabel','Ana','2026-11-24T09:00:20.000+00:00');
CREATE TABLE browsed_columns (name text primary key);
CREATE TABLE "classes" (
   "id" INTEGER PRIMARY KEY,
   "name" TEXT NOT NULL
);
INSERT INTO "classes" VALUES(1,'cat');
INSERT INTO "classes" VALUES(2,'dog');
INSERT INTO "classes" VALUES(3,'emu');
INSERT INTO "classes" VALUES(4,'ant');
CREATE TABLE column_values (name text not null, row integer not null, value numeric, text text, primary key (name, row)) without rowid;
CREATE TABLE "current_verdicts" (
   "item_id" TEXT PRIMARY KEY REFERENCES "items"("id"),
   "id" INTEGER NOT NULL,
   "auditor_id" INTEGER NOT NULL REFERENCES "auditors"("id"),
   "given_id" INTEGER,
   "verdict" TEXT NOT NULL,
   "content_hash" TEXT,
   "stream" TEXT NOT NULL,
   "session" TEXT NOT NULL,
   "seq" INTEGER NOT NULL,
   "at" TEXT NOT NULL,
   "action" TEXT,
   "role" TEXT NOT NULL,
   "choice" TEXT
);
INSERT INTO "current_verdicts" VALUES('11f123345aa2aa7d',5,1,2,'bad image','0500000000000000','queue','session of Ana',5,'2026-11-24T09:00:13.000+00:00','session of Ana:5','review','bad image');
INSERT INTO "current_verdicts" VALUES('664d4b3c56333dd7',11,2,3,'keep','0900000000000000','queue','session of Ben',1,'2026-11-24T09:00:19.000+00:00','session of Ben:1','review','3');
INSERT INTO "current_verdicts" VALUES('b04fd3f35f654897',12,1,NULL,'relabel','1000000000000000','queue','session of Ana',11,'2026-11-24T09:00:19.000+00:00','session of Ana:11','review','1');
INSERT INTO "current_verdicts" VALUES('0864659872fa80c0',13,1,2,'relabel','1200000000000000','queue','session of Ana',12,'2026-11-24T09:00:20.000+00:00','session of Ana:12','review','3');
INSERT INTO "current_verdicts" VALUES('2493836a1c6151f4',14,2,3,'relabel','1500000000000000','check','session of Ben',2,'2026-11-24T09:00:21.000+00:00','session of Ben:2','review','2');
INSERT INTO "current_verdicts" VALUES('969b93ef77c2ba2a',15,2,4,'ambiguous','1400000000000000','queue','session of Ben',3,'2026-11-24T09:00:22.000+00:00','session of Ben:3','review','2|4');
INSERT INTO "current_verdicts" VALUES('9e90280590fa66df',16,1,2,'relabel','1200000000000000','queue','moved to 9e90280590fa66df',0,'2026-11-24T09:00:20.000+00:00',NULL,'review','3');
INSERT INTO "current_verdicts" VALUES('3c8c127e4e02270f',18,3,1,'relabel','0200000000000000','queue','session of Cleo',1,'2026-11-24T09:00:28.000+00:00','session of Cleo:1','adjudication','3');
INSERT INTO "current_verdicts" VALUES('0330543476ff1feb',19,2,1,'ambiguous','0300000000000000','queue','session of Ben',5,'2026-11-24T09:00:29.000+00:00','session of Ben:5','second','1|3');
INSERT INTO "current_verdicts" VALUES('3ee2185bee232a30',20,2,2,'relabel','0600000000000000','queue','session of Ben',6,'2026-11-24T09:00:30.000+00:00','session of Ben:6','second','1');
INSERT INTO "current_verdicts" VALUES('9cd378da8fe6ce84',27,1,1,'relabel','1600000000000000','queue','session of Ana:15',0,'2026-11-24T09:00:35.000+00:00','session of Ana:15','review','4');
INSERT INTO "current_verdicts" VALUES('2e846be2ef064af9',28,1,2,'relabel','0700000000000000','queue','session of Ana:15',1,'2026-11-24T09:00:36.000+00:00','session of Ana:15','review','4');
INSERT INTO "current_verdicts" VALUES('2a02d34f7d73416d',29,1,3,'relabel','1800000000000000','queue','session of Ana:15',2,'2026-11-24T09:00:36.000+00:00','session of Ana:15','review','4');
INSERT INTO "current_verdicts" VALUES('18dcfae8df68445d',1,1,1,'keep','0100000000000000','queue','session of Ana',1,'2026-11-24T09:00:09.000+00:00','session of Ana:1','review','1');
INSERT INTO "current_verdicts" VALUES('529ab185fe07325f',34,3,2,'keep','0400000000000000','queue','session of Cleo',6,'2026-11-24T09:00:41.000+00:00','session of Cleo:6','review','2');
CREATE TABLE "filters" (
   "name" TEXT PRIMARY KEY,
   "query" TEXT,
   "made" TEXT
);
INSERT INTO "filters" VALUES('Suspects of dog','is:suspect given:dog','2026-11-24T09:00:42.000+00:00');
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
INSERT INTO "findings" VALUES('duplicates',0,'2bc9336a08d359d7','2bc9336a08d359d7',1.0,1,'train');
INSERT INTO "findings" VALUES('duplicates',1,'2bc9336a08d359d7','2e846be2ef064af9',1.0,1,'train');
INSERT INTO "findings" VALUES('conflicts',0,'2bc9336a08d359d7','2bc9336a08d359d7',1.0,1,'train');
INSERT INTO "findings" VALUES('conflicts',1,'2bc9336a08d359d7','2e846be2ef064af9',1.0,1,'train');
INSERT INTO "findings" VALUES('outliers',0,'2a02d34f7d73416d','2a02d34f7d73416d',0.8,NULL,NULL);
CREATE TABLE gates (action text primary key, drawn integer not null, agreed integer not null, size integer not null, at text not null);
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
CREATE TABLE "leases" (
   "item_id" TEXT PRIMARY KEY REFERENCES "items"("id"),
   "auditor_id" INTEGER NOT NULL REFERENCES "auditors"("id"),
   "holder" TEXT NOT NULL,
   "until" REAL NOT NULL
);
CREATE TABLE "passed" (
   "auditor_id" INTEGER REFERENCES "auditors"("id"),
   "item_id" TEXT REFERENCES "items"("id"),
   PRIMARY KEY ("auditor_id", "item_id")
);
INSERT INTO "passed" VALUES(1,'2a02d34f7d73416d');
CREATE TABLE "places" (
   "auditor_id" INTEGER REFERENCES "auditors"("id"),
   "queue" TEXT,
   "item_id" TEXT REFERENCES "items"("id"),
   PRIMARY KEY ("auditor_id", "queue")
);
INSERT INTO "places" VALUES(1,'queue','b04fd3f35f654897');
CREATE TABLE "preferences" (
   "auditor_id" INTEGER REFERENCES "auditors"("id"),
   "key" TEXT,
   "value" TEXT,
   PRIMARY KEY ("auditor_id", "key")
);
INSERT INTO "preferences" VALUES(1,'keys','{"keep": "k"}');
CREATE TABLE "quarantine" (
   "item_id" TEXT PRIMARY KEY REFERENCES "items"("id"),
   "reason" TEXT NOT NULL,
   "since" TEXT
);
INSERT INTO "quarantine" VALUES('3fdee9f335afc6f5','not an image','2026-11-24T09:00:08.000+00:00');
CREATE TABLE "runs" (
   "id" INTEGER PRIMARY KEY,
   "pid" INTEGER,
   "state" TEXT,
   "message" TEXT,
   "started" TEXT,
   "finished" TEXT
, command text not null default 'audit');
INSERT INTO "runs" VALUES(1,4711,'done',NULL,'2026-11-24T09:00:23.000+00:00','2026-11-24T09:00:24.000+00:00','bakeoff');
INSERT INTO "runs" VALUES(2,4712,'done',NULL,'2026-11-24T09:00:24.000+00:00','2026-11-24T09:00:25.000+00:00','audit');
CREATE TABLE "scores" (
   "item_id" TEXT PRIMARY KEY REFERENCES "items"("id"),
   "suspicion" REAL,
   "p_given" REAL,
   "suggested_id" INTEGER REFERENCES "classes"("id"),
   "p_suggested" REAL
, priority real);
INSERT INTO "scores" VALUES('18dcfae8df68445d',0.29,0.7,2,0.2,NULL);
INSERT INTO "scores" VALUES('3c8c127e4e02270f',0.85,0.2,2,0.6,NULL);
INSERT INTO "scores" VALUES('0330543476ff1feb',0.27,0.7,2,0.2,NULL);
INSERT INTO "scores" VALUES('529ab185fe07325f',0.8,0.2,3,0.6,NULL);
INSERT INTO "scores" VALUES('11f123345aa2aa7d',0.25,0.7,3,0.2,NULL);
INSERT INTO "scores" VALUES('3ee2185bee232a30',0.75,0.2,3,0.6,NULL);
INSERT INTO "scores" VALUES('2bc9336a08d359d7',0.23,0.7,1,0.2,NULL);
INSERT INTO "scores" VALUES('09bd39d9d0e59e9c',0.7,0.2,1,0.6,NULL);
INSERT INTO "scores" VALUES('664d4b3c56333dd7',0.21,0.7,1,0.2,NULL);
INSERT INTO "scores" VALUES('2493836a1c6151f4',0.15,0.7,1,0.2,NULL);
INSERT INTO "scores" VALUES('9cd378da8fe6ce84',0.5,0.2,2,0.6,NULL);
INSERT INTO "scores" VALUES('2e846be2ef064af9',0.13,0.7,3,0.2,NULL);
INSERT INTO "scores" VALUES('2a02d34f7d73416d',0.45,0.2,1,0.6,NULL);
INSERT INTO "scores" VALUES('9e90280590fa66df',0.17,0.7,3,0.2,NULL);
INSERT INTO "scores" VALUES('969b93ef77c2ba2a',0.55,0.2,2,0.6,NULL);
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
, since integer);
INSERT INTO "selections" VALUES('s1','Two of them','2026-11-24T09:00:43.000+00:00',NULL);
CREATE TABLE "settings" (
   "key" TEXT PRIMARY KEY,
   "value" TEXT
);
INSERT INTO "settings" VALUES('id','"000000000008"');
INSERT INTO "settings" VALUES('source','"/data/pictures"');
INSERT INTO "settings" VALUES('labels_file','null');
INSERT INTO "settings" VALUES('columns','["path", "label"]');
INSERT INTO "settings" VALUES('final_rule','"latest"');
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
CREATE TABLE verdict_changes (number integer primary key autoincrement, item_id text not null unique);
INSERT INTO "verdict_changes" VALUES(5,'11f123345aa2aa7d');
INSERT INTO "verdict_changes" VALUES(8,'2bc9336a08d359d7');
INSERT INTO "verdict_changes" VALUES(12,'664d4b3c56333dd7');
INSERT INTO "verdict_changes" VALUES(13,'b04fd3f35f654897');
INSERT INTO "verdict_changes" VALUES(14,'0864659872fa80c0');
INSERT INTO "verdict_changes" VALUES(15,'2493836a1c6151f4');
INSERT INTO "verdict_changes" VALUES(16,'969b93ef77c2ba2a');
INSERT INTO "verdict_changes" VALUES(17,'9e90280590fa66df');
INSERT INTO "verdict_changes" VALUES(18,'09bd39d9d0e59e9c');
INSERT INTO "verdict_changes" VALUES(22,'3c8c127e4e02270f');
INSERT INTO "verdict_changes" VALUES(24,'0330543476ff1feb');
INSERT INTO "verdict_changes" VALUES(26,'3ee2185bee232a30');
INSERT INTO "verdict_changes" VALUES(33,'9cd378da8fe6ce84');
INSERT INTO "verdict_changes" VALUES(34,'2e846be2ef064af9');
INSERT INTO "verdict_changes" VALUES(35,'2a02d34f7d73416d');
INSERT INTO "verdict_changes" VALUES(39,'18dcfae8df68445d');
INSERT INTO "verdict_changes" VALUES(45,'529ab185fe07325f');
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
INSERT INTO "verdict_classes" VALUES(18,0,3);
INSERT INTO "verdict_classes" VALUES(19,0,1);
INSERT INTO "verdict_classes" VALUES(19,1,3);
INSERT INTO "verdict_classes" VALUES(20,0,1);
INSERT INTO "verdict_classes" VALUES(21,0,4);
INSERT INTO "verdict_classes" VALUES(22,0,4);
INSERT INTO "verdict_classes" VALUES(23,0,4);
INSERT INTO "verdict_classes" VALUES(27,0,4);
INSERT INTO "verdict_classes" VALUES(28,0,4);
INSERT INTO "verdict_classes" VALUES(29,0,4);
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
, carried_from integer references verdicts(id), action text, redoes integer references verdicts(id), role text not null default 'review', choice text);
INSERT INTO "verdicts" VALUES(1,'18dcfae8df68445d',1,1,'keep',NULL,'0100000000000000','queue','session of Ana',1,'2026-11-24T09:00:09.000+00:00',NULL,'session of Ana:1',NULL,'review','1');
INSERT INTO "verdicts" VALUES(2,'3c8c127e4e02270f',1,1,'relabel',NULL,'0200000000000000','queue','session of Ana',2,'2026-11-24T09:00:10.000+00:00',NULL,'session of Ana:2',NULL,'review','2');
INSERT INTO "verdicts" VALUES(3,'0330543476ff1feb',1,1,'ambiguous',NULL,'0300000000000000','queue','session of Ana',3,'2026-11-24T09:00:11.000+00:00',NULL,'session of Ana:3',NULL,'review','1|3');
INSERT INTO "verdicts" VALUES(4,'529ab185fe07325f',1,2,'none',NULL,'0400000000000000','queue','session of Ana',4,'2026-11-24T09:00:12.000+00:00',NULL,'session of Ana:4',NULL,'review','none');
INSERT INTO "verdicts" VALUES(5,'11f123345aa2aa7d',1,2,'bad image',NULL,'0500000000000000','queue','session of Ana',5,'2026-11-24T09:00:13.000+00:00',NULL,'session of Ana:5',NULL,'review','bad image');
INSERT INTO "verdicts" VALUES(6,'3ee2185bee232a30',1,2,'unsure',NULL,'0600000000000000','queue','session of Ana',6,'2026-11-24T09:00:14.000+00:00',NULL,'session of Ana:6',NULL,'review','unsure');
INSERT INTO "verdicts" VALUES(7,'2bc9336a08d359d7',1,3,'relabel',NULL,'0700000000000000','queue','session of Ana',7,'2026-11-24T09:00:15.000+00:00',NULL,'session of Ana:7',NULL,'review','1');
INSERT INTO "verdicts" VALUES(8,'2bc9336a08d359d7',1,NULL,'undo',7,NULL,'queue','session of Ana',8,'2026-11-24T09:00:16.000+00:00',NULL,'session of Ana:8',NULL,'review',NULL);
INSERT INTO "verdicts" VALUES(9,'09bd39d9d0e59e9c',1,3,'keep',NULL,'0800000000000000','queue','session of Ana',9,'2026-11-24T09:00:17.000+00:00',NULL,'session of Ana:9',NULL,'review','3');
INSERT INTO "verdicts" VALUES(10,'664d4b3c56333dd7',1,3,'relabel',NULL,'0900000000000000','queue','session of Ana',10,'2026-11-24T09:00:18.000+00:00',NULL,'session of Ana:10',NULL,'review','1');
INSERT INTO "verdicts" VALUES(11,'664d4b3c56333dd7',2,3,'keep',NULL,'0900000000000000','queue','session of Ben',1,'2026-11-24T09:00:19.000+00:00',NULL,'session of Ben:1',NULL,'review','3');
INSERT INTO "verdicts" VALUES(12,'b04fd3f35f654897',1,NULL,'relabel',NULL,'1000000000000000','queue','session of Ana',11,'2026-11-24T09:00:19.000+00:00',NULL,'session of Ana:11',NULL,'review','1');
INSERT INTO "verdicts" VALUES(13,'0864659872fa80c0',1,2,'relabel',NULL,'1200000000000000','queue','session of Ana',12,'2026-11-24T09:00:20.000+00:00',NULL,'session of Ana:12',NULL,'review','3');
INSERT INTO "verdicts" VALUES(14,'2493836a1c6151f4',2,3,'relabel',NULL,'1500000000000000','check','session of Ben',2,'2026-11-24T09:00:21.000+00:00',NULL,'session of Ben:2',NULL,'review','2');
INSERT INTO "verdicts" VALUES(15,'969b93ef77c2ba2a',2,4,'ambiguous',NULL,'1400000000000000','queue','session of Ben',3,'2026-11-24T09:00:22.000+00:00',NULL,'session of Ben:3',NULL,'review','2|4');
INSERT INTO "verdicts" VALUES(16,'9e90280590fa66df',1,2,'relabel',NULL,'1200000000000000','queue','moved to 9e90280590fa66df',0,'2026-11-24T09:00:20.000+00:00',13,NULL,NULL,'review','3');
INSERT INTO "verdicts" VALUES(17,'3c8c127e4e02270f',2,1,'keep',NULL,'0200000000000000','queue','session of Ben',4,'2026-11-24T09:00:27.000+00:00',NULL,'session of Ben:4',NULL,'second','1');
INSERT INTO "verdicts" VALUES(18,'3c8c127e4e02270f',3,1,'relabel',NULL,'0200000000000000','queue','session of Cleo',1,'2026-11-24T09:00:28.000+00:00',NULL,'session of Cleo:1',NULL,'adjudication','3');
INSERT INTO "verdicts" VALUES(19,'0330543476ff1feb',2,1,'ambiguous',NULL,'0300000000000000','queue','session of Ben',5,'2026-11-24T09:00:29.000+00:00',NULL,'session of Ben:5',NULL,'second','1|3');
INSERT INTO "verdicts" VALUES(20,'3ee2185bee232a30',2,2,'relabel',NULL,'0600000000000000','queue','session of Ben',6,'2026-11-24T09:00:30.000+00:00',NULL,'session of Ben:6',NULL,'second','1');
INSERT INTO "verdicts" VALUES(21,'9cd378da8fe6ce84',1,1,'relabel',NULL,'1600000000000000','queue','session of Ana:13',0,'2026-11-24T09:00:31.000+00:00',NULL,'session of Ana:13',NULL,'review','4');
INSERT INTO "verdicts" VALUES(22,'2e846be2ef064af9',1,2,'relabel',NULL,'0700000000000000','queue','session of Ana:13',1,'2026-11-24T09:00:31.000+00:00',NULL,'session of Ana:13',NULL,'review','4');
INSERT INTO "verdicts" VALUES(23,'2a02d34f7d73416d',1,3,'relabel',NULL,'1800000000000000','queue','session of Ana:13',2,'2026-11-24T09:00:32.000+00:00',NULL,'session of Ana:13',NULL,'review','4');
INSERT INTO "verdicts" VALUES(24,'9cd378da8fe6ce84',1,NULL,'undo',21,NULL,'queue','session of Ana:14',0,'2026-11-24T09:00:33.000+00:00',NULL,'session of Ana:14',NULL,'review',NULL);
INSERT INTO "verdicts" VALUES(25,'2e846be2ef064af9',1,NULL,'undo',22,NULL,'queue','session of Ana:14',1,'2026-11-24T09:00:33.000+00:00',NULL,'session of Ana:14',NULL,'review',NULL);
INSERT INTO "verdicts" VALUES(26,'2a02d34f7d73416d',1,NULL,'undo',23,NULL,'queue','session of Ana:14',2,'2026-11-24T09:00:34.000+00:00',NULL,'session of Ana:14',NULL,'review',NULL);
INSERT INTO "verdicts" VALUES(27,'9cd378da8fe6ce84',1,1,'relabel',NULL,'1600000000000000','queue','session of Ana:15',0,'2026-11-24T09:00:35.000+00:00',NULL,'session of Ana:15',21,'review','4');
INSERT INTO "verdicts" VALUES(28,'2e846be2ef064af9',1,2,'relabel',NULL,'0700000000000000','queue','session of Ana:15',1,'2026-11-24T09:00:36.000+00:00',NULL,'session of Ana:15',22,'review','4');
INSERT INTO "verdicts" VALUES(29,'2a02d34f7d73416d',1,3,'relabel',NULL,'1800000000000000','queue','session of Ana:15',2,'2026-11-24T09:00:36.000+00:00',NULL,'session of Ana:15',23,'review','4');
INSERT INTO "verdicts" VALUES(30,'18dcfae8df68445d',3,1,'bad image',NULL,'0100000000000000','queue','session of Cleo',2,'2026-11-24T09:00:37.000+00:00',NULL,'session of Cleo:2',NULL,'review','bad image');
INSERT INTO "verdicts" VALUES(31,'18dcfae8df68445d',3,NULL,'undo',30,NULL,'queue','session of Cleo',3,'2026-11-24T09:00:38.000+00:00',NULL,'session of Cleo:3',NULL,'review',NULL);
INSERT INTO "verdicts" VALUES(32,'529ab185fe07325f',3,2,'keep',NULL,'0400000000000000','queue','session of Cleo',4,'2026-11-24T09:00:39.000+00:00',NULL,'session of Cleo:4',NULL,'review','2');
INSERT INTO "verdicts" VALUES(33,'529ab185fe07325f',3,NULL,'undo',32,NULL,'queue','session of Cleo',5,'2026-11-24T09:00:40.000+00:00',NULL,'session of Cleo:5',NULL,'review',NULL);
INSERT INTO "verdicts" VALUES(34,'529ab185fe07325f',3,2,'keep',NULL,'0400000000000000','queue','session of Cleo',6,'2026-11-24T09:00:41.000+00:00',NULL,'session of Cleo:6',32,'review','2');
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
CREATE TRIGGER verdicts_no_delete before delete on verdicts
begin select raise(abort, 'verdicts are append-only'); end;
CREATE INDEX idx_items_content_hash on items (content_hash);
CREATE UNIQUE INDEX "idx_findings_kind_item_id"
    ON "findings" ("kind", "item_id");
CREATE INDEX "idx_findings_kind_group_id"
    ON "findings" ("kind", "group_id");
CREATE INDEX idx_verdicts_stream on verdicts (stream, item_id);
CREATE VIEW "ranked" AS 
select items.id, path, given.name as given, suggested.name as suggested,
  suspicion, coalesce(priority, suspicion) as priority, p_given, p_suggested
from scores join items on items.id = scores.item_id
join labels on labels.item_id = items.id
join classes given on given.id = labels.class_id
left join classes suggested on suggested.id = suggested_id
where listed;
CREATE TRIGGER verdicts_no_update before update on verdicts
begin select raise(abort, 'verdicts are append-only'); end;
CREATE INDEX idx_verdicts_auditor on verdicts (auditor_id, id);
CREATE INDEX idx_verdicts_action on verdicts (action);
CREATE VIEW "standing_verdicts" AS 
select v.* from verdicts v join items on items.id = v.item_id
where v.verdict != 'undo'
  and not exists (select 1 from verdicts u where u.undoes = v.id)
  and (v.content_hash is null or v.content_hash = items.content_hash);
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
CREATE VIEW "current_by_stream" AS 
select v.* from standing_verdicts v
where not exists (
  select 1 from standing_verdicts later
  where later.item_id = v.item_id and later.stream = v.stream and later.id > v.id
);
CREATE VIEW "agreed_by_stream" AS 
select v.* from current_by_stream v
where v.role = 'adjudication' or not exists (
  select 1 from standing_verdicts other
  where other.item_id = v.item_id and other.stream = v.stream
    and other.auditor_id != v.auditor_id and other.verdict != 'unsure'
    and other.choice != v.choice
    and not exists (
      select 1 from standing_verdicts later
      where later.item_id = other.item_id and later.stream = other.stream
        and later.auditor_id = other.auditor_id and later.id > other.id)
);
CREATE VIEW "kept_verdicts" AS 
select v.* from verdicts v
where v.verdict != 'undo' and not exists (select 1 from verdicts u where u.undoes = v.id);
CREATE VIEW "redoable_undos" AS 
select u.* from verdicts u
where u.verdict = 'undo'
  and not exists (select 1 from verdicts r where r.redoes = u.undoes)
  and not exists (
    select 1 from verdicts later
    where later.auditor_id = u.auditor_id and later.id > u.id
      and later.verdict != 'undo' and later.redoes is null and later.action is not null
  );
CREATE VIEW "verdict_labels" AS 
select v.id as verdict_id, (
  select json_group_array(name) from (
    select name from verdict_classes join classes on classes.id = class_id
    where verdict_id = v.id order by position)) as labels
from verdicts v;
CREATE VIEW "auditor_words" AS 
select v.* from standing_verdicts v
where not exists (
  select 1 from standing_verdicts later
  where later.item_id = v.item_id and later.auditor_id = v.auditor_id and later.id > v.id
    and (later.role = 'adjudication') = (v.role = 'adjudication')
);
CREATE VIEW "weighed_words" AS 
select w.*,
  case coalesce((select value from settings where key = 'final_rule'), '"adjudicated"')
    when '"latest"' then 0
    when '"majority"' then (w.verdict != 'unsure') * (
      select count(*) from auditor_words other
      where other.item_id = w.item_id and other.choice = w.choice and other.role != 'adjudication')
    else (w.verdict != 'unsure') * (1 + (w.role = 'adjudication'))
  end as weight,
  case (select value from settings where key = 'final_rule')
    when '"majority"' then (w.verdict != 'unsure') * (w.role = 'adjudication')
    else 0
  end as tie
from auditor_words w;
CREATE VIEW "deciding_verdicts" AS 
select w.* from weighed_words w
where not exists (
  select 1 from weighed_words other where other.item_id = w.item_id
    and (other.weight, other.tie, other.id) > (w.weight, w.tie, w.id)
);
CREATE VIEW "disputed_items" AS 
select item_id, max(role = 'adjudication') as adjudicated, min(id) as first_id
from auditor_words where verdict != 'unsure' and item_id in (
  select item_id from verdicts group by item_id having min(auditor_id) < max(auditor_id))
group by item_id
having count(distinct case when role != 'adjudication' then choice end) > 1;
CREATE UNIQUE INDEX "idx_current_verdicts_id"
    ON "current_verdicts" ("id");
CREATE INDEX "idx_current_verdicts_verdict"
    ON "current_verdicts" ("verdict");
CREATE VIEW "decided" AS 
select item_id, id, auditor_id, given_id, verdict, content_hash, stream, session, seq, at,
  action, role, choice
from deciding_verdicts;
CREATE TRIGGER verdicts_decide after insert on verdicts begin
  delete from current_verdicts where item_id = new.item_id;
  insert into current_verdicts select * from decided where item_id = new.item_id;
end;
CREATE TRIGGER items_decide after update of content_hash on items when new.content_hash is not old.content_hash begin
  delete from current_verdicts where item_id = new.id;
  insert into current_verdicts select * from decided where item_id = new.id;
end;
CREATE INDEX idx_column_values on column_values (name, value, row);
CREATE INDEX idx_browse_path on browse (path, row);
CREATE INDEX idx_browse_given on browse (given, row);
CREATE INDEX idx_browse_suspicion on browse (suspicion, row, verdict);
CREATE INDEX idx_browse_suggested on browse (suggested, row) where suggested is not null;
CREATE INDEX idx_browse_judged on browse (judged, row) where judged is not null;
CREATE TRIGGER browse_labels_insert after insert on labels begin
        insert into browse (row, item_id, path, width, height, given, suggested, suspicion, verdict_id, verdict, auditor, judged) 
select items.row, items.id, path, width, height, given.name,
  case when p_suggested > coalesce(p_given, 0) then suggested.name end, suspicion,
  v.id, v.verdict, auditors.name, v.at
from items join labels on labels.item_id = items.id
left join classes given on given.id = labels.class_id
left join scores on scores.item_id = items.id
left join classes suggested on suggested.id = suggested_id
left join current_verdicts v on v.item_id = items.id
left join auditors on auditors.id = v.auditor_id
 where items.id = new.item_id;
        
insert into column_values (name, row, value, text)
select name, (select row from items where id = new.item_id), value, value from (
  select name, (select nullif(value, '') from json_each(new.fields) where key = name) as value
  from browsed_columns)
; end;
CREATE TRIGGER browse_labels_class after update of class_id on labels
        when new.class_id is not old.class_id begin
        update browse set given = (select name from classes where id = new.class_id)
        where row = (select row from items where id = new.item_id); end;
CREATE TRIGGER browse_labels_fields after update of fields on labels when new.fields is not old.fields begin
        delete from column_values where name in (select name from browsed_columns)
          and row = (select row from items where id = new.item_id);
        
insert into column_values (name, row, value, text)
select name, (select row from items where id = new.item_id), value, value from (
  select name, (select nullif(value, '') from json_each(new.fields) where key = name) as value
  from browsed_columns)
; end;
CREATE TRIGGER browse_labels_delete after delete on labels begin
        delete from column_values where name in (select name from browsed_columns)
          and row = (select row from items where id = old.item_id);
        delete from browse where row = (select row from items where id = old.item_id); end;
CREATE TRIGGER browse_items_size after update of width, height on items
        when new.width is not old.width or new.height is not old.height begin
        update browse set width = new.width, height = new.height where row = new.row; end;
CREATE TRIGGER browse_scores_insert after insert on scores begin 
update browse set suspicion = new.suspicion, suggested = (
  select name from classes where id = new.suggested_id
  and new.p_suggested > coalesce(new.p_given, 0))
where row = (select row from items where id = new.item_id)
; end;
CREATE TRIGGER browse_scores_update after update of suspicion, suggested_id, p_given, p_suggested on scores
        begin 
update browse set suspicion = new.suspicion, suggested = (
  select name from classes where id = new.suggested_id
  and new.p_suggested > coalesce(new.p_given, 0))
where row = (select row from items where id = new.item_id)
; end;
CREATE TRIGGER browse_scores_delete after delete on scores begin
        update browse set suspicion = null, suggested = null
        where row = (select row from items where id = old.item_id); end;
CREATE TRIGGER browse_verdicts_insert after insert on current_verdicts begin 
update browse set verdict_id = new.id, verdict = new.verdict, judged = new.at,
  auditor = (select name from auditors where id = new.auditor_id)
where row = (select row from items where id = new.item_id)
; end;
CREATE TRIGGER browse_verdicts_update after update on current_verdicts begin 
update browse set verdict_id = new.id, verdict = new.verdict, judged = new.at,
  auditor = (select name from auditors where id = new.auditor_id)
where row = (select row from items where id = new.item_id)
; end;
CREATE TRIGGER browse_verdicts_delete after delete on current_verdicts begin
        update browse set verdict_id = null, verdict = null, auditor = null, judged = null
        where row = (select row from items where id = old.item_id); end;
CREATE TRIGGER verdict_changes_insert after insert on current_verdicts
begin insert or replace into verdict_changes (item_id) values (new.item_id); end;
CREATE TRIGGER verdict_changes_update after update on current_verdicts
begin insert or replace into verdict_changes (item_id) values (new.item_id); end;
CREATE TRIGGER verdict_changes_delete after delete on current_verdicts
begin insert or replace into verdict_changes (item_id) values (old.item_id); end;
CREATE INDEX idx_verdicts_redoes on verdicts (redoes);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('verdict_changes',45);
COMMIT;
