package p
import data.zoo as bar # one
import data.a # two
# above c
import data.c # three

import data.b as
  d # four
import data.aa

import future.keywords.every
import future.keywords.if
x := 1
