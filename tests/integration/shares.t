#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What a tenant shares of its own: open to whom it is granted, and to nobody else; there, and nowhere else.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

mkdir -m 777 "$world"/{a,a/in,a/out,a/out/below,a/out/inner,a/out/mounted,whole,b,c}
for file in a/{in,out,out/below,out/inner}/file a/{one,other} whole/file b/{file,link}; do
	echo "of $file" >"$world/$file"
done
cp "$probe" "$world/a/out/program"
mount -t tmpfs -o mode=777 inner "$world/a/out/mounted"
echo mounted >"$world/a/out/mounted/file"

owner() { # KEY = VALUE...
	tenant a <<-POLICY
		[filesystem]
		exec = $world/bin
		own = $world/a $world/a/out/inner $world/whole
		$1
	POLICY
}
owner "share = $world/a/out $world/a/one $world/a/to-come $world/whole"
tenant b <<POLICY
[filesystem]
exec = $world/bin
own = $world/b
write = $world/a/out $world/whole $world/c
read = $world/a/one
POLICY
tenant c <<POLICY
[filesystem]
exec = $world/bin $world/a/out
read = $world/a/out/below
POLICY
tenant d <<POLICY
[filesystem]
exec = $world/bin
POLICY
tenant e <<POLICY
[lsm]
mode = audit
[filesystem]
exec = $world/bin
POLICY
tenant f <<POLICY
[filesystem]
root = host
exec = $world/bin
write = $world
POLICY
refuses 0 "sandboxctl: lsm load: warning: $config/tenants/a.ini:5: share '$world/a/to-come' is not there: *" \
	"a share that isn't there is one of its name" sandboxctl lsm load

owned=lsm:file_open:owned none=lsm:file_open:no_grant rights=lsm:file_open:rights
for who in a b c d e f; do
	start $who/x "$probe" sleep 1000 </dev/null
done
allowed "a share is its tenant's own still" a/x write "$world/a/out/file"
allowed "who is granted it reads" b/x read "$world/a/out/file"
allowed "and writes" b/x write "$world/a/out/file"
allowed "and makes" b/x write "$world/a/out/new"
allowed "and removes" b/x unlink "$world/a/out/new"
allowed "and moves within it" b/x rename "$world/a/out/below/file" "$world/a/out/below/moved"
allowed "back" b/x rename "$world/a/out/below/moved" "$world/a/out/below/file"
denied lsm:path_chmod:rights "but it doesn't own it" b/x chmod "$world/a/out/file"
denied $owned "what isn't shared is closed" b/x read "$world/a/in/file"
denied $owned "beside a shared file, too" b/x read "$world/a/other"
denied $owned "what is owned in a share is closed again" b/x read "$world/a/out/inner/file"
allowed "a mount in it is a part of it" b/x write "$world/a/out/mounted/file"
allowed "all of an own may be shared" b/x write "$world/whole/file"
allowed "a file is shared by its name" b/x read "$world/a/one"
denied $rights "as far as it is granted" b/x write "$world/a/one"
allowed "a grant in a share" c/x read "$world/a/out/below/file"
denied lsm:file_open:rights "is no more than that" c/x write "$world/a/out/below/file"
allowed "what is shared is executed by whom that is granted" c/x exec "$world/a/out/program" exit 0
denied $none "who is granted nothing gets nothing" d/x read "$world/a/out/file"
denied lsm:inode_getattr:owned "and looks at nothing that isn't shared" d/x stat "$world/a/in/file"
allowed "but at what is" d/x stat "$world/a/out/file"
allowed "a grant from above reaches what is shared" f/x write "$world/a/out/file"
denied $owned "and nothing else" f/x read "$world/a/in/file"

allowed "a private root shows a share" b read "$world/a/out/file"
allowed "that is granted to write" b write "$world/a/out/file"
denied $owned "what isn't shared is closed to a tenant in audit" e/x read "$world/a/in/file"

denied lsm:path_rename:shared "nobody else takes it out" b/x rename "$world/a/out/file" "$world/b/stolen"
denied lsm:path_rename:shared "also not to where it could do no more" b/x rename "$world/a/out/file" "$world/c/stolen"
denied lsm:path_link:shared "nor by a link" b/x link "$world/a/out/file" "$world/c/stolen"
allowed "a file of its own" b/x write "$world/c/mine"
denied lsm:path_rename:shared "is no exchange for it" b/x exchange "$world/c/mine" "$world/a/out/file"
denied lsm:path_rename:shared "nor to what another shares" f/x rename "$world/a/out/file" "$world/c/stolen"
allowed "between shares of one tenant" b/x rename "$world/a/out/file" "$world/whole/visitor"
allowed "its tenant takes it where it likes" a/x rename "$world/whole/visitor" "$world/a/in/back"
allowed "who gives, gives" b/x rename "$world/b/file" "$world/a/out/file"
denied lsm:path_rename:shared "and gets it back by a copy" b/x rename "$world/a/out/file" "$world/b/file"
denied lsm:path_rename:anchor "the folder that is shared stays, says its tenant's" a/x rename "$world/a/out" "$world/a/elsewhere"
denied lsm:path_rename:owned "and others'" f/x rename "$world/a/out" "$world/a/elsewhere"

echo later >"$world/a/to-come" && chmod 666 "$world/a/to-come"
denied $none "what came is shared, and granted to nobody" d/x read "$world/a/to-come"
denied $owned "what came beside it isn't" d/x read "$world/a/other"
allowed "who is granted its folder" f/x write "$world/a/to-come"

mkdir "$world/a/out/new" && mount -t tmpfs -o mode=777 later "$world/a/out/new" && echo x >"$world/a/out/new/file"
tenant c <<POLICY
[filesystem]
exec = $world/bin
read = $world/a/out/new
POLICY
load
allowed "a share holds for what is mounted in it later" c read "$world/a/out/new/file"

owner ""
load
denied $owned "what is shared no more is closed, also to who runs" b/x read "$world/a/out/file"
denied $owned "a file, too" b/x read "$world/a/one"
denied $owned "and what came" f/x read "$world/a/to-come"
denied $owned "and a mount in it" b/x read "$world/a/out/mounted/file"
allowed "to its owner it isn't" a/x read "$world/a/out/file"
denied $owned "to a new sandbox, too" c read "$world/a/out/new/file"

owner "share = $world/b"
refuses 1 "sandboxctl: lsm load: tenant 'a': share '$world/b' lies in '$world/b', which tenant 'b' owns" \
	"nobody shares what is another's" sandboxctl lsm load
owner "share = $world/c"
refuses 1 "sandboxctl: lsm load: share '$world/c' lies in nothing that tenant 'a' owns" \
	"nor what is nobody's" sandboxctl lsm load
owner "share = $world/a/out"
load
allowed "shared once more, it is open" b/x read "$world/a/out/file"

stop a/x
rm "$config/tenants/a.ini"
load
denied $owned "a tenant that is gone lets nobody in" b/x read "$world/a/out/file"
denied $owned "what it owned stays closed" f/x read "$world/a/in/file"
owner "share = $world/a/out"
load
allowed "until it is back" b/x read "$world/a/out/file"
denied $owned "what it owns, of which nothing runs" b/x read "$world/a/in/file"

for who in b c d e f; do stop $who/x; done
finish
