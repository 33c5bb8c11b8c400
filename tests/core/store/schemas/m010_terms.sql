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
INSERT INTO "_sqlite_migrations" VALUES(9,'second_look','m009_speed','2026-11-24 09:00:08.000+00:00');
INSERT INTO "_sqlite_migrations" VALUES(10,'second_look','m001_ranked','2026-11-29 18:39:17.999455+00:00');
INSERT INTO "_sqlite_migrations" VALUES(11,'second_look','m010_terms','2026-11-29 18:39:18.003499+00:00');
CREATE TABLE "artifacts" (
   "name" TEXT PRIMARY KEY,
   "fingerprint" TEXT,
   "made" TEXT
);
INSERT INTO "artifacts" VALUES('evidence','0123456789abcdef','2026-11-24T09:00:29.000+00:00');
CREATE TABLE "auditors" (
   "id" INTEGER PRIMARY KEY,
   "name" TEXT NOT NULL,
   "since" TEXT
);
INSERT INTO "auditors" VALUES(1,'Ana','2026-11-24T09:00:10.000+00:00');
INSERT INTO "auditors" VALUES(2,'Ben','2026-11-24T09:00:20.000+00:00');
INSERT INTO "auditors" VALUES(3,'Cleo','2026-11-24T09:00:31.000+00:00');
CREATE TABLE browse (row integer primary key, item_id text not null, path text not null, width integer, height integer, given text, suggested text, suspicion real, verdict_id integer, verdict text, auditor text, judged text, split text, final text);
INSERT INTO "browse" VALUES(0,'0d08f4cbcb3414e2','01.jpg',640,480,'cat',NULL,0.29,1,'keep','Ana','2026-11-24T09:00:10.000+00:00','train','cat');
INSERT INTO "browse" VALUES(1,'498fa01b7443185f','02.jpg',640,480,'cat','dog',0.85,18,'relabel','Cleo','2026-11-24T09:00:31.000+00:00','train','emu');
INSERT INTO "browse" VALUES(2,'10f54ac5d2033296','03.jpg',640,480,'cat',NULL,0.27,19,'ambiguous','Ben','2026-11-24T09:00:32.000+00:00','train','cat|emu');
INSERT INTO "browse" VALUES(3,'9e3d15d355af42fb','04.jpg',640,480,'dog','emu',0.8,34,'keep','Cleo','2026-11-24T09:00:43.000+00:00','éval','dog');
INSERT INTO "browse" VALUES(4,'a48010d14ccd1616','05.jpg',640,480,'dog',NULL,0.25,5,'bad image','Ana','2026-11-24T09:00:14.000+00:00','éval',NULL);
INSERT INTO "browse" VALUES(5,'4f6b9dc62753cc50','06.jpg',640,480,'dog','emu',0.75,20,'relabel','Ben','2026-11-24T09:00:33.000+00:00','éval','cat');
INSERT INTO "browse" VALUES(6,'14c7dafe9ec2b83f','07.jpg',640,480,'emu',NULL,0.23,NULL,NULL,NULL,NULL,NULL,'emu');
INSERT INTO "browse" VALUES(7,'62c7ae6b6f659047','08.jpg',640,480,'emu','cat',0.7,NULL,NULL,NULL,NULL,'train','emu');
INSERT INTO "browse" VALUES(8,'fa6df36edfc47c9c','09.jpg',640,480,'emu',NULL,0.21,11,'keep','Ben','2026-11-24T09:00:20.000+00:00','train','emu');
INSERT INTO "browse" VALUES(9,'872475916affd018','10.jpg',640,480,NULL,NULL,NULL,12,'relabel','Ana','2026-11-24T09:00:21.000+00:00','train','cat');
INSERT INTO "browse" VALUES(10,'1298416e623f5891','11.jpg',NULL,NULL,'cat',NULL,NULL,NULL,NULL,NULL,NULL,'train','cat');
INSERT INTO "browse" VALUES(12,'3dd19a945635a4f6','15.jpg',640,480,'emu',NULL,0.15,14,'relabel','Ben','2026-11-24T09:00:23.000+00:00','train','dog');
INSERT INTO "browse" VALUES(13,'bf5648a908f9d0dd','16.jpg',640,480,'cat','dog',0.5,27,'relabel','Ana','2026-11-24T09:00:37.000+00:00','train','ant');
INSERT INTO "browse" VALUES(14,'72b28732cca95c57','17.jpg',640,480,'dog',NULL,0.13,28,'relabel','Ana','2026-11-24T09:00:38.000+00:00','train','ant');
INSERT INTO "browse" VALUES(15,'7991611237fbe3b5','18.jpg',640,480,'emu','cat',0.45,29,'relabel','Ana','2026-11-24T09:00:38.000+00:00','train','ant');
INSERT INTO "browse" VALUES(16,'84a67604e0998110','13.jpg',640,480,'dog',NULL,0.17,16,'relabel','Ana','2026-11-24T09:00:22.000+00:00','train','emu');
INSERT INTO "browse" VALUES(17,'fa6befe5105c952f','14.jpg',640,480,'ant','dog',0.55,15,'ambiguous','Ben','2026-11-24T09:00:24.000+00:00','train','dog|ant');
CREATE TABLE browsed_columns (name text primary key);
INSERT INTO "browsed_columns" VALUES('camera');
CREATE TABLE "classes" (
   "id" INTEGER PRIMARY KEY,
   "name" TEXT NOT NULL
);
INSERT INTO "classes" VALUES(1,'cat');
INSERT INTO "classes" VALUES(2,'dog');
INSERT INTO "classes" VALUES(3,'emu');
INSERT INTO "classes" VALUES(4,'ant');
CREATE TABLE column_values (name text not null, row integer not null, value numeric, text text, primary key (name, row)) without rowid;
INSERT INTO "column_values" VALUES('camera',0,'Pixel 7','Pixel 7');
INSERT INTO "column_values" VALUES('camera',1,NULL,NULL);
INSERT INTO "column_values" VALUES('camera',2,'Nikon D90','Nikon D90');
INSERT INTO "column_values" VALUES('camera',3,'Pixel 7','Pixel 7');
INSERT INTO "column_values" VALUES('camera',4,NULL,NULL);
INSERT INTO "column_values" VALUES('camera',5,'Nikon D90','Nikon D90');
INSERT INTO "column_values" VALUES('camera',6,'Pixel 7','Pixel 7');
INSERT INTO "column_values" VALUES('camera',7,NULL,NULL);
INSERT INTO "column_values" VALUES('camera',8,'Nikon D90','Nikon D90');
INSERT INTO "column_values" VALUES('camera',9,'Pixel 7','Pixel 7');
INSERT INTO "column_values" VALUES('camera',10,NULL,NULL);
INSERT INTO "column_values" VALUES('camera',12,'Nikon D90','Nikon D90');
INSERT INTO "column_values" VALUES('camera',13,'Pixel 7','Pixel 7');
INSERT INTO "column_values" VALUES('camera',14,NULL,NULL);
INSERT INTO "column_values" VALUES('camera',15,'Nikon D90','Nikon D90');
INSERT INTO "column_values" VALUES('camera',16,'Pixel 7','Pixel 7');
INSERT INTO "column_values" VALUES('camera',17,NULL,NULL);
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
INSERT INTO "current_verdicts" VALUES('a48010d14ccd1616',5,1,2,'bad image','0500000000000000','queue','session of Ana',5,'2026-11-24T09:00:14.000+00:00','session of Ana:5','review','bad image');
INSERT INTO "current_verdicts" VALUES('fa6df36edfc47c9c',11,2,3,'keep','0900000000000000','queue','session of Ben',1,'2026-11-24T09:00:20.000+00:00','session of Ben:1','review','3');
INSERT INTO "current_verdicts" VALUES('872475916affd018',12,1,NULL,'relabel','1000000000000000','queue','session of Ana',11,'2026-11-24T09:00:21.000+00:00','session of Ana:11','review','1');
INSERT INTO "current_verdicts" VALUES('12b9395fbacb7e08',13,1,2,'relabel','1200000000000000','queue','session of Ana',12,'2026-11-24T09:00:22.000+00:00','session of Ana:12','review','3');
INSERT INTO "current_verdicts" VALUES('3dd19a945635a4f6',14,2,3,'relabel','1500000000000000','check','session of Ben',2,'2026-11-24T09:00:23.000+00:00','session of Ben:2','review','2');
INSERT INTO "current_verdicts" VALUES('fa6befe5105c952f',15,2,4,'ambiguous','1400000000000000','queue','session of Ben',3,'2026-11-24T09:00:24.000+00:00','session of Ben:3','review','2|4');
INSERT INTO "current_verdicts" VALUES('84a67604e0998110',16,1,2,'relabel','1200000000000000','queue','moved to 84a67604e0998110',0,'2026-11-24T09:00:22.000+00:00',NULL,'review','3');
INSERT INTO "current_verdicts" VALUES('498fa01b7443185f',18,3,1,'relabel','0200000000000000','queue','session of Cleo',1,'2026-11-24T09:00:31.000+00:00','session of Cleo:1','adjudication','3');
INSERT INTO "current_verdicts" VALUES('10f54ac5d2033296',19,2,1,'ambiguous','0300000000000000','queue','session of Ben',5,'2026-11-24T09:00:32.000+00:00','session of Ben:5','second','1|3');
INSERT INTO "current_verdicts" VALUES('4f6b9dc62753cc50',20,2,2,'relabel','0600000000000000','queue','session of Ben',6,'2026-11-24T09:00:33.000+00:00','session of Ben:6','second','1');
INSERT INTO "current_verdicts" VALUES('bf5648a908f9d0dd',27,1,1,'relabel','1600000000000000','queue','session of Ana:15',0,'2026-11-24T09:00:37.000+00:00','session of Ana:15','review','4');
INSERT INTO "current_verdicts" VALUES('72b28732cca95c57',28,1,2,'relabel','0700000000000000','queue','session of Ana:15',1,'2026-11-24T09:00:38.000+00:00','session of Ana:15','review','4');
INSERT INTO "current_verdicts" VALUES('7991611237fbe3b5',29,1,3,'relabel','1800000000000000','queue','session of Ana:15',2,'2026-11-24T09:00:38.000+00:00','session of Ana:15','review','4');
INSERT INTO "current_verdicts" VALUES('0d08f4cbcb3414e2',1,1,1,'keep','0100000000000000','queue','session of Ana',1,'2026-11-24T09:00:10.000+00:00','session of Ana:1','review','1');
INSERT INTO "current_verdicts" VALUES('9e3d15d355af42fb',34,3,2,'keep','0400000000000000','queue','session of Cleo',6,'2026-11-24T09:00:43.000+00:00','session of Cleo:6','review','2');
CREATE TABLE "filters" (
   "name" TEXT PRIMARY KEY,
   "query" TEXT,
   "made" TEXT
);
INSERT INTO "filters" VALUES('Suspects of dog','is:suspect given:dog','2026-11-24T09:00:44.000+00:00');
CREATE TABLE "findings" (
   "kind" TEXT,
   "position" INTEGER,
   "group_id" TEXT NOT NULL REFERENCES "items"("id"),
   "item_id" TEXT NOT NULL REFERENCES "items"("id"),
   "score" REAL NOT NULL,
   "exact" INTEGER,
   PRIMARY KEY ("kind", "position")
);
INSERT INTO "findings" VALUES('duplicates',0,'14c7dafe9ec2b83f','14c7dafe9ec2b83f',1.0,1);
INSERT INTO "findings" VALUES('duplicates',1,'14c7dafe9ec2b83f','72b28732cca95c57',1.0,1);
INSERT INTO "findings" VALUES('conflicts',0,'14c7dafe9ec2b83f','14c7dafe9ec2b83f',1.0,1);
INSERT INTO "findings" VALUES('conflicts',1,'14c7dafe9ec2b83f','72b28732cca95c57',1.0,1);
INSERT INTO "findings" VALUES('outliers',0,'7991611237fbe3b5','7991611237fbe3b5',0.8,NULL);
CREATE TABLE gates (action text primary key, drawn integer not null, agreed integer not null, size integer not null, at text not null);
INSERT INTO "gates" VALUES('session of Cleo:6',10,9,300,'2026-11-24T09:00:46.000+00:00');
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
, note text, split text, region text);
INSERT INTO "items" VALUES('0d08f4cbcb3414e2','01.jpg',0,1,1001,1700000000000000001,'0100000000000000','0100000000000000','JPEG',640,480,NULL,'train',NULL);
INSERT INTO "items" VALUES('498fa01b7443185f','02.jpg',1,1,1002,1700000000000000002,'0200000000000000','0200000000000000','JPEG',640,480,NULL,'train',NULL);
INSERT INTO "items" VALUES('10f54ac5d2033296','03.jpg',2,1,1003,1700000000000000003,'0300000000000000','0300000000000000','JPEG',640,480,NULL,'train',NULL);
INSERT INTO "items" VALUES('9e3d15d355af42fb','04.jpg',3,1,1004,1700000000000000004,'0400000000000000','0400000000000000','JPEG',640,480,NULL,'éval',NULL);
INSERT INTO "items" VALUES('a48010d14ccd1616','05.jpg',4,1,1005,1700000000000000005,'0500000000000000','0500000000000000','JPEG',640,480,NULL,'éval',NULL);
INSERT INTO "items" VALUES('4f6b9dc62753cc50','06.jpg',5,1,1006,1700000000000000006,'0600000000000000','0600000000000000','JPEG',640,480,NULL,'éval',NULL);
INSERT INTO "items" VALUES('14c7dafe9ec2b83f','07.jpg',6,1,1007,1700000000000000007,'0700000000000000','0700000000000000','JPEG',640,480,NULL,NULL,NULL);
INSERT INTO "items" VALUES('62c7ae6b6f659047','08.jpg',7,1,1008,1700000000000000008,'08c0000000000000','08c0000000000000','JPEG',640,480,NULL,'train',NULL);
INSERT INTO "items" VALUES('fa6df36edfc47c9c','09.jpg',8,1,1009,1700000000000000009,'0900000000000000','0900000000000000','JPEG',640,480,NULL,'train',NULL);
INSERT INTO "items" VALUES('872475916affd018','10.jpg',9,1,1010,1700000000000000010,'1000000000000000','1000000000000000','JPEG',640,480,NULL,'train',NULL);
INSERT INTO "items" VALUES('1298416e623f5891','11.jpg',10,1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'train',NULL);
INSERT INTO "items" VALUES('12b9395fbacb7e08','12.jpg',11,0,1012,1700000000000000012,'1200000000000000','1200000000000000','JPEG',640,480,NULL,NULL,NULL);
INSERT INTO "items" VALUES('3dd19a945635a4f6','15.jpg',12,1,1015,1700000000000000015,'1500000000000000','1500000000000000','JPEG',640,480,NULL,'train',NULL);
INSERT INTO "items" VALUES('bf5648a908f9d0dd','16.jpg',13,1,1016,1700000000000000016,'1600000000000000','1600000000000000','JPEG',640,480,NULL,'train',NULL);
INSERT INTO "items" VALUES('72b28732cca95c57','17.jpg',14,1,1017,1700000000000000017,'0700000000000000','0700000000000000','JPEG',640,480,NULL,'train',NULL);
INSERT INTO "items" VALUES('7991611237fbe3b5','18.jpg',15,1,1018,1700000000000000018,'1800000000000000','1800000000000000','JPEG',640,480,NULL,'train',NULL);
INSERT INTO "items" VALUES('84a67604e0998110','13.jpg',16,1,1013,1700000000000000013,'1200000000000000','1200000000000000','JPEG',640,480,NULL,'train',NULL);
INSERT INTO "items" VALUES('fa6befe5105c952f','14.jpg',17,1,1014,1700000000000000014,'1400000000000000','1400000000000000','JPEG',640,480,NULL,'train',NULL);
CREATE TABLE "labels" (
   "item_id" TEXT PRIMARY KEY REFERENCES "items"("id"),
   "class_id" INTEGER REFERENCES "classes"("id"),
   "position" INTEGER,
   "fields" TEXT
);
INSERT INTO "labels" VALUES('0d08f4cbcb3414e2',1,0,'{"path": "01.jpg", "label": "cat", "FOLD": "Train\t", "camera": "Pixel 7"}');
INSERT INTO "labels" VALUES('498fa01b7443185f',1,1,'{"path": "02.jpg", "label": "cat", "FOLD": "train", "camera": ""}');
INSERT INTO "labels" VALUES('10f54ac5d2033296',1,2,'{"path": "03.jpg", "label": "cat", "FOLD": "TRAIN ", "camera": "Nikon D90"}');
INSERT INTO "labels" VALUES('9e3d15d355af42fb',2,3,'{"path": "04.jpg", "label": "dog", "FOLD": "\u00c9VAL", "camera": "Pixel 7"}');
INSERT INTO "labels" VALUES('a48010d14ccd1616',2,4,'{"path": "05.jpg", "label": "dog", "FOLD": "\u00e9val", "camera": ""}');
INSERT INTO "labels" VALUES('4f6b9dc62753cc50',2,5,'{"path": "06.jpg", "label": "dog", "FOLD": "E\u0301val", "camera": "Nikon D90"}');
INSERT INTO "labels" VALUES('14c7dafe9ec2b83f',3,6,'{"path": "07.jpg", "label": "emu", "FOLD": "", "camera": "Pixel 7"}');
INSERT INTO "labels" VALUES('62c7ae6b6f659047',3,7,'{"path": "08.jpg", "label": "emu", "FOLD": "train", "camera": ""}');
INSERT INTO "labels" VALUES('fa6df36edfc47c9c',3,8,'{"path": "09.jpg", "label": "emu", "FOLD": "train", "camera": "Nikon D90"}');
INSERT INTO "labels" VALUES('872475916affd018',NULL,9,'{"path": "10.jpg", "label": "", "FOLD": "train", "camera": "Pixel 7"}');
INSERT INTO "labels" VALUES('1298416e623f5891',1,10,'{"path": "11.jpg", "label": "cat", "FOLD": "train", "camera": ""}');
INSERT INTO "labels" VALUES('3dd19a945635a4f6',3,13,'{"path": "15.jpg", "label": "emu", "FOLD": "train", "camera": "Nikon D90"}');
INSERT INTO "labels" VALUES('bf5648a908f9d0dd',1,14,'{"path": "16.jpg", "label": "cat", "FOLD": "train", "camera": "Pixel 7"}');
INSERT INTO "labels" VALUES('72b28732cca95c57',2,15,'{"path": "17.jpg", "label": "dog", "FOLD": "train", "camera": ""}');
INSERT INTO "labels" VALUES('7991611237fbe3b5',3,16,'{"path": "18.jpg", "label": "emu", "FOLD": "train", "camera": "Nikon D90"}');
INSERT INTO "labels" VALUES('84a67604e0998110',2,11,'{"path": "13.jpg", "label": "dog", "FOLD": "train", "camera": "Pixel 7"}');
INSERT INTO "labels" VALUES('fa6befe5105c952f',4,12,'{"path": "14.jpg", "label": "ant", "FOLD": "train", "camera": ""}');
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
INSERT INTO "passed" VALUES(1,'7991611237fbe3b5');
CREATE TABLE "places" (
   "auditor_id" INTEGER REFERENCES "auditors"("id"),
   "queue" TEXT,
   "item_id" TEXT REFERENCES "items"("id"),
   PRIMARY KEY ("auditor_id", "queue")
);
INSERT INTO "places" VALUES(1,'queue','872475916affd018');
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
INSERT INTO "quarantine" VALUES('1298416e623f5891','not an image','2026-11-24T09:00:09.000+00:00');
CREATE TABLE "runs" (
   "id" INTEGER PRIMARY KEY,
   "pid" INTEGER,
   "state" TEXT,
   "message" TEXT,
   "started" TEXT,
   "finished" TEXT
, command text not null default 'audit');
INSERT INTO "runs" VALUES(1,4711,'done',NULL,'2026-11-24T09:00:25.000+00:00','2026-11-24T09:00:26.000+00:00','bakeoff');
INSERT INTO "runs" VALUES(2,4712,'done',NULL,'2026-11-24T09:00:27.000+00:00','2026-11-24T09:00:28.000+00:00','audit');
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
INSERT INTO "scores" VALUES('3dd19a945635a4f6',0.15,0.7,1,0.2,NULL);
INSERT INTO "scores" VALUES('bf5648a908f9d0dd',0.5,0.2,2,0.6,NULL);
INSERT INTO "scores" VALUES('72b28732cca95c57',0.13,0.7,3,0.2,NULL);
INSERT INTO "scores" VALUES('7991611237fbe3b5',0.45,0.2,1,0.6,NULL);
INSERT INTO "scores" VALUES('84a67604e0998110',0.17,0.7,3,0.2,NULL);
INSERT INTO "scores" VALUES('fa6befe5105c952f',0.55,0.2,2,0.6,NULL);
CREATE TABLE "selection_items" (
   "selection_id" TEXT REFERENCES "selections"("id"),
   "item_id" TEXT REFERENCES "items"("id"),
   PRIMARY KEY ("selection_id", "item_id")
);
INSERT INTO "selection_items" VALUES('s1','0d08f4cbcb3414e2');
INSERT INTO "selection_items" VALUES('s1','498fa01b7443185f');
CREATE TABLE "selections" (
   "id" TEXT PRIMARY KEY,
   "title" TEXT,
   "made" TEXT
, since integer);
INSERT INTO "selections" VALUES('s1','Two of them','2026-11-24T09:00:45.000+00:00',NULL);
CREATE TABLE "settings" (
   "key" TEXT PRIMARY KEY,
   "value" TEXT
);
INSERT INTO "settings" VALUES('id','"000000000010"');
INSERT INTO "settings" VALUES('source','{"format": "csv", "path": "/data/pictures", "options": {"labels": "/data/labels.csv"}}');
INSERT INTO "settings" VALUES('columns','["path", "label", "FOLD", "camera"]');
INSERT INTO "settings" VALUES('detector','"neighbors"');
INSERT INTO "settings" VALUES('derived','"cabe3728ae495567"');
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
INSERT INTO "verdict_changes" VALUES(5,'a48010d14ccd1616');
INSERT INTO "verdict_changes" VALUES(8,'14c7dafe9ec2b83f');
INSERT INTO "verdict_changes" VALUES(12,'fa6df36edfc47c9c');
INSERT INTO "verdict_changes" VALUES(13,'872475916affd018');
INSERT INTO "verdict_changes" VALUES(14,'12b9395fbacb7e08');
INSERT INTO "verdict_changes" VALUES(15,'3dd19a945635a4f6');
INSERT INTO "verdict_changes" VALUES(16,'fa6befe5105c952f');
INSERT INTO "verdict_changes" VALUES(17,'84a67604e0998110');
INSERT INTO "verdict_changes" VALUES(18,'62c7ae6b6f659047');
INSERT INTO "verdict_changes" VALUES(22,'498fa01b7443185f');
INSERT INTO "verdict_changes" VALUES(24,'10f54ac5d2033296');
INSERT INTO "verdict_changes" VALUES(26,'4f6b9dc62753cc50');
INSERT INTO "verdict_changes" VALUES(33,'bf5648a908f9d0dd');
INSERT INTO "verdict_changes" VALUES(34,'72b28732cca95c57');
INSERT INTO "verdict_changes" VALUES(35,'7991611237fbe3b5');
INSERT INTO "verdict_changes" VALUES(39,'0d08f4cbcb3414e2');
INSERT INTO "verdict_changes" VALUES(45,'9e3d15d355af42fb');
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
INSERT INTO "verdicts" VALUES(1,'0d08f4cbcb3414e2',1,1,'keep',NULL,'0100000000000000','queue','session of Ana',1,'2026-11-24T09:00:10.000+00:00',NULL,'session of Ana:1',NULL,'review','1');
INSERT INTO "verdicts" VALUES(2,'498fa01b7443185f',1,1,'relabel',NULL,'0200000000000000','queue','session of Ana',2,'2026-11-24T09:00:11.000+00:00',NULL,'session of Ana:2',NULL,'review','2');
INSERT INTO "verdicts" VALUES(3,'10f54ac5d2033296',1,1,'ambiguous',NULL,'0300000000000000','queue','session of Ana',3,'2026-11-24T09:00:12.000+00:00',NULL,'session of Ana:3',NULL,'review','1|3');
INSERT INTO "verdicts" VALUES(4,'9e3d15d355af42fb',1,2,'none',NULL,'0400000000000000','queue','session of Ana',4,'2026-11-24T09:00:13.000+00:00',NULL,'session of Ana:4',NULL,'review','none');
INSERT INTO "verdicts" VALUES(5,'a48010d14ccd1616',1,2,'bad image',NULL,'0500000000000000','queue','session of Ana',5,'2026-11-24T09:00:14.000+00:00',NULL,'session of Ana:5',NULL,'review','bad image');
INSERT INTO "verdicts" VALUES(6,'4f6b9dc62753cc50',1,2,'unsure',NULL,'0600000000000000','queue','session of Ana',6,'2026-11-24T09:00:15.000+00:00',NULL,'session of Ana:6',NULL,'review','unsure');
INSERT INTO "verdicts" VALUES(7,'14c7dafe9ec2b83f',1,3,'relabel',NULL,'0700000000000000','queue','session of Ana',7,'2026-11-24T09:00:16.000+00:00',NULL,'session of Ana:7',NULL,'review','1');
INSERT INTO "verdicts" VALUES(8,'14c7dafe9ec2b83f',1,NULL,'undo',7,NULL,'queue','session of Ana',8,'2026-11-24T09:00:17.000+00:00',NULL,'session of Ana:8',NULL,'review',NULL);
INSERT INTO "verdicts" VALUES(9,'62c7ae6b6f659047',1,3,'keep',NULL,'0800000000000000','queue','session of Ana',9,'2026-11-24T09:00:18.000+00:00',NULL,'session of Ana:9',NULL,'review','3');
INSERT INTO "verdicts" VALUES(10,'fa6df36edfc47c9c',1,3,'relabel',NULL,'0900000000000000','queue','session of Ana',10,'2026-11-24T09:00:19.000+00:00',NULL,'session of Ana:10',NULL,'review','1');
INSERT INTO "verdicts" VALUES(11,'fa6df36edfc47c9c',2,3,'keep',NULL,'0900000000000000','queue','session of Ben',1,'2026-11-24T09:00:20.000+00:00',NULL,'session of Ben:1',NULL,'review','3');
INSERT INTO "verdicts" VALUES(12,'872475916affd018',1,NULL,'relabel',NULL,'1000000000000000','queue','session of Ana',11,'2026-11-24T09:00:21.000+00:00',NULL,'session of Ana:11',NULL,'review','1');
INSERT INTO "verdicts" VALUES(13,'12b9395fbacb7e08',1,2,'relabel',NULL,'1200000000000000','queue','session of Ana',12,'2026-11-24T09:00:22.000+00:00',NULL,'session of Ana:12',NULL,'review','3');
INSERT INTO "verdicts" VALUES(14,'3dd19a945635a4f6',2,3,'relabel',NULL,'1500000000000000','check','session of Ben',2,'2026-11-24T09:00:23.000+00:00',NULL,'session of Ben:2',NULL,'review','2');
INSERT INTO "verdicts" VALUES(15,'fa6befe5105c952f',2,4,'ambiguous',NULL,'1400000000000000','queue','session of Ben',3,'2026-11-24T09:00:24.000+00:00',NULL,'session of Ben:3',NULL,'review','2|4');
INSERT INTO "verdicts" VALUES(16,'84a67604e0998110',1,2,'relabel',NULL,'1200000000000000','queue','moved to 84a67604e0998110',0,'2026-11-24T09:00:22.000+00:00',13,NULL,NULL,'review','3');
INSERT INTO "verdicts" VALUES(17,'498fa01b7443185f',2,1,'keep',NULL,'0200000000000000','queue','session of Ben',4,'2026-11-24T09:00:30.000+00:00',NULL,'session of Ben:4',NULL,'second','1');
INSERT INTO "verdicts" VALUES(18,'498fa01b7443185f',3,1,'relabel',NULL,'0200000000000000','queue','session of Cleo',1,'2026-11-24T09:00:31.000+00:00',NULL,'session of Cleo:1',NULL,'adjudication','3');
INSERT INTO "verdicts" VALUES(19,'10f54ac5d2033296',2,1,'ambiguous',NULL,'0300000000000000','queue','session of Ben',5,'2026-11-24T09:00:32.000+00:00',NULL,'session of Ben:5',NULL,'second','1|3');
INSERT INTO "verdicts" VALUES(20,'4f6b9dc62753cc50',2,2,'relabel',NULL,'0600000000000000','queue','session of Ben',6,'2026-11-24T09:00:33.000+00:00',NULL,'session of Ben:6',NULL,'second','1');
INSERT INTO "verdicts" VALUES(21,'bf5648a908f9d0dd',1,1,'relabel',NULL,'1600000000000000','queue','session of Ana:13',0,'2026-11-24T09:00:34.000+00:00',NULL,'session of Ana:13',NULL,'review','4');
INSERT INTO "verdicts" VALUES(22,'72b28732cca95c57',1,2,'relabel',NULL,'0700000000000000','queue','session of Ana:13',1,'2026-11-24T09:00:34.000+00:00',NULL,'session of Ana:13',NULL,'review','4');
INSERT INTO "verdicts" VALUES(23,'7991611237fbe3b5',1,3,'relabel',NULL,'1800000000000000','queue','session of Ana:13',2,'2026-11-24T09:00:34.000+00:00',NULL,'session of Ana:13',NULL,'review','4');
INSERT INTO "verdicts" VALUES(24,'bf5648a908f9d0dd',1,NULL,'undo',21,NULL,'queue','session of Ana:14',0,'2026-11-24T09:00:35.000+00:00',NULL,'session of Ana:14',NULL,'review',NULL);
INSERT INTO "verdicts" VALUES(25,'72b28732cca95c57',1,NULL,'undo',22,NULL,'queue','session of Ana:14',1,'2026-11-24T09:00:36.000+00:00',NULL,'session of Ana:14',NULL,'review',NULL);
INSERT INTO "verdicts" VALUES(26,'7991611237fbe3b5',1,NULL,'undo',23,NULL,'queue','session of Ana:14',2,'2026-11-24T09:00:36.000+00:00',NULL,'session of Ana:14',NULL,'review',NULL);
INSERT INTO "verdicts" VALUES(27,'bf5648a908f9d0dd',1,1,'relabel',NULL,'1600000000000000','queue','session of Ana:15',0,'2026-11-24T09:00:37.000+00:00',NULL,'session of Ana:15',21,'review','4');
INSERT INTO "verdicts" VALUES(28,'72b28732cca95c57',1,2,'relabel',NULL,'0700000000000000','queue','session of Ana:15',1,'2026-11-24T09:00:38.000+00:00',NULL,'session of Ana:15',22,'review','4');
INSERT INTO "verdicts" VALUES(29,'7991611237fbe3b5',1,3,'relabel',NULL,'1800000000000000','queue','session of Ana:15',2,'2026-11-24T09:00:38.000+00:00',NULL,'session of Ana:15',23,'review','4');
INSERT INTO "verdicts" VALUES(30,'0d08f4cbcb3414e2',3,1,'bad image',NULL,'0100000000000000','queue','session of Cleo',2,'2026-11-24T09:00:39.000+00:00',NULL,'session of Cleo:2',NULL,'review','bad image');
INSERT INTO "verdicts" VALUES(31,'0d08f4cbcb3414e2',3,NULL,'undo',30,NULL,'queue','session of Cleo',3,'2026-11-24T09:00:40.000+00:00',NULL,'session of Cleo:3',NULL,'review',NULL);
INSERT INTO "verdicts" VALUES(32,'9e3d15d355af42fb',3,2,'keep',NULL,'0400000000000000','queue','session of Cleo',4,'2026-11-24T09:00:41.000+00:00',NULL,'session of Cleo:4',NULL,'review','2');
INSERT INTO "verdicts" VALUES(33,'9e3d15d355af42fb',3,NULL,'undo',32,NULL,'queue','session of Cleo',5,'2026-11-24T09:00:42.000+00:00',NULL,'session of Cleo:5',NULL,'review',NULL);
INSERT INTO "verdicts" VALUES(34,'9e3d15d355af42fb',3,2,'keep',NULL,'0400000000000000','queue','session of Cleo',6,'2026-11-24T09:00:43.000+00:00',NULL,'session of Cleo:6',32,'review','2');
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
CREATE INDEX idx_items_content_hash on items (content_hash);
CREATE UNIQUE INDEX "idx_findings_kind_item_id"
    ON "findings" ("kind", "item_id");
CREATE INDEX "idx_findings_kind_group_id"
    ON "findings" ("kind", "group_id");
CREATE INDEX idx_verdicts_stream on verdicts (stream, item_id);
CREATE INDEX idx_verdicts_auditor on verdicts (auditor_id, id);
CREATE INDEX idx_verdicts_action on verdicts (action);
CREATE UNIQUE INDEX "idx_current_verdicts_id"
    ON "current_verdicts" ("id");
CREATE INDEX "idx_current_verdicts_verdict"
    ON "current_verdicts" ("verdict");
CREATE INDEX idx_column_values on column_values (name, value, row);
CREATE INDEX idx_verdicts_redoes on verdicts (redoes);
CREATE INDEX idx_items_unlisted on items (id) where listed = 0;
CREATE INDEX idx_scores_priority on scores (coalesce(priority, suspicion) desc, item_id);
CREATE INDEX idx_verdicts_undos on verdicts (auditor_id, id) where verdict = 'undo';
CREATE INDEX idx_verdicts_item_auditor on verdicts (item_id, auditor_id);
CREATE INDEX idx_verdicts_unsure on verdicts (item_id) where verdict = 'unsure';
CREATE VIEW kept_verdicts as 
select v.* from verdicts v
where v.verdict != 'undo' and not exists (select 1 from verdicts u where u.undoes = v.id);
CREATE VIEW standing_verdicts as 
select v.* from kept_verdicts v join items on items.id = v.item_id
where v.content_hash is null or v.content_hash = items.content_hash;
CREATE VIEW outdated_verdicts as 
select v.* from kept_verdicts v
where not exists (select 1 from standing_verdicts where item_id = v.item_id)
  and not exists (
    select 1 from kept_verdicts later where later.item_id = v.item_id and later.id > v.id);
CREATE VIEW current_by_stream as 
select v.* from standing_verdicts v
where not exists (
  select 1 from standing_verdicts later
  where later.item_id = v.item_id and later.stream = v.stream and later.id > v.id
);
CREATE VIEW agreed_by_stream as 
select v.* from current_by_stream v
where v.role = 'adjudication' or not exists (
  select 1 from standing_verdicts other
  where other.item_id = v.item_id and other.stream = v.stream
    and other.auditor_id != v.auditor_id and other.verdict not in ('unsure')
    and other.choice != v.choice
    and not exists (
      select 1 from standing_verdicts later
      where later.item_id = other.item_id and later.stream = other.stream
        and later.auditor_id = other.auditor_id and later.id > other.id)
);
CREATE VIEW annotations as 
select v.* from standing_verdicts v
where not exists (
  select 1 from standing_verdicts later
  where later.item_id = v.item_id and later.auditor_id = v.auditor_id and later.id > v.id
    and (later.role = 'adjudication') = (v.role = 'adjudication')
);
CREATE VIEW weighed_annotations as 
select a.*, rules.value as rule,
  case rules.value
    when 'latest' then 0
    when 'majority' then (a.verdict not in ('unsure')) * (
      select count(*) from annotations other where other.item_id = a.item_id
        and other.choice = a.choice and other.role != 'adjudication')
    else (a.verdict not in ('unsure')) * (1 + (a.role = 'adjudication'))
  end as weight,
  case rules.value
    when 'majority' then (a.verdict not in ('unsure')) * (a.role = 'adjudication')
    else 0
  end as tie
from annotations a cross join json_each('["adjudicated", "latest", "majority"]') rules;
CREATE VIEW deciding_by_rule as 
select a.* from weighed_annotations a
where not exists (
  select 1 from weighed_annotations other where other.item_id = a.item_id and other.rule = a.rule
    and (other.weight, other.tie, other.id) > (a.weight, a.tie, a.id)
);
CREATE VIEW decided as 
select item_id, id, auditor_id, given_id, verdict, content_hash, stream, session, seq, at,
  action, role, choice
from deciding_by_rule where rule = coalesce(
  (select json_extract(value, '$') from settings where key = 'final_rule'), 'adjudicated');
CREATE VIEW disputed_items as 
select item_id, max(role = 'adjudication') as adjudicated, min(id) as first_id
from annotations where verdict not in ('unsure') and item_id in (
  select item_id from verdicts group by item_id having min(auditor_id) < max(auditor_id))
group by item_id
having count(distinct case when role != 'adjudication' then choice end) > 1;
CREATE VIEW redoable_undos as 
select u.* from verdicts u
where u.verdict = 'undo'
  and not exists (select 1 from verdicts r where r.redoes = u.undoes)
  and not exists (
    select 1 from verdicts later
    where later.auditor_id = u.auditor_id and later.id > u.id
      and later.verdict != 'undo' and later.redoes is null and later.action is not null
  );
CREATE VIEW verdict_labels as 
select v.id as verdict_id, (
  select json_group_array(name) from (
    select name from verdict_classes join classes on classes.id = class_id
    where verdict_id = v.id order by position)) as labels
from verdicts v;
CREATE VIEW ranked as 
select items.id, path, given.name as given, suggested.name as suggested,
  suspicion, coalesce(priority, suspicion) as priority, p_given, p_suggested
from scores join items on items.id = scores.item_id
join labels on labels.item_id = items.id
join classes given on given.id = labels.class_id
left join classes suggested on suggested.id = suggested_id
where listed;
CREATE VIEW ranked_scores as 
select item_id, suspicion, coalesce(priority, suspicion) as priority, p_given, p_suggested,
  suggested_id
from scores
where item_id not in (select id from items where listed = 0)
  and item_id not in (select item_id from labels where class_id is null);
CREATE INDEX idx_browse_path on browse (path, row);
CREATE INDEX idx_browse_given on browse (given, row);
CREATE INDEX idx_browse_suspicion on browse (suspicion, row, verdict);
CREATE INDEX idx_browse_suggested on browse (suggested, row) where suggested is not null;
CREATE INDEX idx_browse_judged on browse (judged, row) where judged is not null;
CREATE INDEX idx_browse_split on browse (split, row) where split is not null;
CREATE TRIGGER verdicts_no_update before update on verdicts begin select raise(abort, 'verdicts are append-only'); end;
CREATE TRIGGER verdicts_no_delete before delete on verdicts begin select raise(abort, 'verdicts are append-only'); end;
CREATE TRIGGER verdicts_decide after insert on verdicts begin 
  delete from current_verdicts where item_id = new.item_id;
  insert into current_verdicts select * from decided where item_id = new.item_id;
 end;
CREATE TRIGGER items_decide after update of content_hash on items when new.content_hash is not old.content_hash begin 
  delete from current_verdicts where item_id = new.id;
  insert into current_verdicts select * from decided where item_id = new.id;
 end;
CREATE TRIGGER verdict_changes_insert after insert on current_verdicts begin insert or replace into verdict_changes (item_id) values (new.item_id); end;
CREATE TRIGGER verdict_changes_update after update on current_verdicts begin insert or replace into verdict_changes (item_id) values (new.item_id); end;
CREATE TRIGGER verdict_changes_delete after delete on current_verdicts begin insert or replace into verdict_changes (item_id) values (old.item_id); end;
CREATE TRIGGER browse_labels_insert after insert on labels begin
        insert into browse (row, item_id, path, split, width, height, given, suggested, suspicion, verdict_id, verdict, auditor, judged, final) 
select items.row, items.id, path, split, width, height, given.name,
  case when p_suggested > coalesce(p_given, 0) then suggested.name end, suspicion,
  v.id, v.verdict, auditors.name, v.at, case
  when v.choice is null or v.choice in ('keep', 'unsure') then given.name
  when v.choice glob '[0-9]*' then (
    select group_concat(name, '|')
    from json_each('[' || replace(v.choice, '|', ',') || ']') chosen
    cross join classes on classes.id = chosen.value)
  end
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
where row = (select row from items where id = new.item_id);
update browse set final = case
  when (select choice from verdicts where id = verdict_id) is null or (select choice from verdicts where id = verdict_id) in ('keep', 'unsure') then given
  when (select choice from verdicts where id = verdict_id) glob '[0-9]*' then (
    select group_concat(name, '|')
    from json_each('[' || replace((select choice from verdicts where id = verdict_id), '|', ',') || ']') chosen
    cross join classes on classes.id = chosen.value)
  end
where row = (select row from items where id = new.item_id)
; end;
CREATE TRIGGER browse_labels_fields after update of fields on labels
        when new.fields is not old.fields begin
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
CREATE TRIGGER browse_items_split after update of split on items when new.split is not old.split begin
        update browse set split = new.split where row = new.row; end;
CREATE TRIGGER browse_scores_insert after insert on scores begin 
update browse set suspicion = new.suspicion, suggested = (
  select name from classes where id = new.suggested_id
  and new.p_suggested > coalesce(new.p_given, 0))
where row = (select row from items where id = new.item_id)
; end;
CREATE TRIGGER browse_scores_update after update of suspicion, suggested_id, p_given, p_suggested
        on scores begin 
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
  auditor = (select name from auditors where id = new.auditor_id),
  final = case
  when new.choice is null or new.choice in ('keep', 'unsure') then given
  when new.choice glob '[0-9]*' then (
    select group_concat(name, '|')
    from json_each('[' || replace(new.choice, '|', ',') || ']') chosen
    cross join classes on classes.id = chosen.value)
  end
where row = (select row from items where id = new.item_id)
; end;
CREATE TRIGGER browse_verdicts_update after update on current_verdicts begin 
update browse set verdict_id = new.id, verdict = new.verdict, judged = new.at,
  auditor = (select name from auditors where id = new.auditor_id),
  final = case
  when new.choice is null or new.choice in ('keep', 'unsure') then given
  when new.choice glob '[0-9]*' then (
    select group_concat(name, '|')
    from json_each('[' || replace(new.choice, '|', ',') || ']') chosen
    cross join classes on classes.id = chosen.value)
  end
where row = (select row from items where id = new.item_id)
; end;
CREATE TRIGGER browse_verdicts_delete after delete on current_verdicts begin
        update browse set verdict_id = null, verdict = null, auditor = null, judged = null,
          final = given
        where row = (select row from items where id = old.item_id); end;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('verdict_changes',45);
COMMIT;
