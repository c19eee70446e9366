-- Which server may decide who lives on after the cluster was split: see cluster.DatabaseLease.
CREATE TABLE cluster_lease (
  name text PRIMARY KEY,
  holder text NOT NULL,
  until timestamptz NOT NULL
);
